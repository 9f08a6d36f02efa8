import { describe, expect, it } from 'vitest';
import { page } from './doctor.ts';

const row = (name: string, ok: boolean) => ({ name, ok, found: 'found', todo: `mend ${name}` });
const findings = [
  row('start', true),
  { ...row('user', false), way: 'embedded' as const },
  { ...row('engine', false), way: 'container' as const },
];

describe('what doctor prints', () => {
  it('tells what is amiss in the way that is taken from what is not needed', () => {
    const text = page({ findings, takes: 'container', notes: ['Node 24'] });
    expect(text).toMatch(/^✓ start/m);
    expect(text).toMatch(/^· user/m);
    expect(text).toMatch(/^✗ engine .*\n {2}→ mend engine/m);
    expect(text).toMatch(/container of a Docker engine.*: taken/);
  });

  it('shows all of a reason that has several lines', () => {
    const many = [{ ...row('start', false), found: 'one\ntwo' }];
    expect(page({ findings: many, takes: undefined, notes: [] })).toMatch(
      /^✗ start +one\n {4}two\n {2}→ mend start/m,
    );
  });
});
