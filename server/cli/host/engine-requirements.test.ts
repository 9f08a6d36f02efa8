import { describe, expect, it } from 'vitest';
import type { AnsweringEngine } from './container/types.ts';
import { engineRequirements } from './engine-requirements.ts';
import { stockEngine } from './testing.ts';

function users(change: Partial<AnsweringEngine>): string {
  const rows = engineRequirements({ ...stockEngine, ...change });
  return rows.find(({ name }) => name === 'engine: users')?.found ?? '';
}

describe('engineRequirements', () => {
  it.each<[string, Partial<AnsweringEngine>]>([
    ['is privileged', {}],
    ['needs no privilege', { remapped: true, remappedIds: 4_000_000, runtimes: ['runc', 'lab'] }],
    ['is privileged, outside the mapping', { remapped: true, remappedIds: 4_000_000 }],
    [
      'too few for labs with users of their own',
      { remapped: true, remappedIds: 65_536, runtimes: ['runc', 'lab'] },
    ],
  ])("says what the lab host's container will be: %s", (words, change) => {
    expect(users(change)).toContain(words);
  });

  it.each([
    ['permission denied while trying to connect to the Docker daemon socket', 'usermod -aG docker'],
    ['there is no `docker` command on the PATH', 'Install Docker'],
    ['Cannot connect to the Docker daemon at unix:///x.', 'Start it'],
  ])('knows what to do where none answers: %s', (reason, todo) => {
    expect(engineRequirements({ answers: false, reason })).toMatchObject([
      { ok: false, found: reason, todo: expect.stringContaining(todo) as string },
    ]);
  });

  it('says what was not tried', () => {
    const rows = engineRequirements({ ...stockEngine, selinux: true, desktop: true });
    expect(rows.map(({ found }) => found).join()).toMatch(/SELinux.*not tried.*Desktop.*not tried/);
  });
});
