import { describe, expect, it } from 'vitest';
import type { LabStatus } from '../../protocol/agent.ts';
import type { Health } from '../../protocol/api.ts';
import { firstLab } from './first-lab.ts';

const well: Health = {
  status: 'ok',
  version: '1',
  draining: false,
  labHost: { up: true, free: 4 },
  pool: { ready: 0, wanted: 1 },
};
const ill: Health = {
  ...well,
  status: 'degraded',
  labHost: { up: true, reason: 'Labs do not start: no cgroup' },
};
const lab: LabStatus = {
  id: 'laaaaaaaaaaa',
  lease: 'web',
  state: 'creating',
  reason: '',
  createdAt: 0,
  limits: { memory: 1024, pids: 512, cpus: 1 },
  viewers: 0,
};

/** What is answered, one after the other; the last again and again. */
function look(healths: (Health | undefined)[], labs: LabStatus[][] = [[]], timeoutMs = 10_000) {
  const next = <T>(answers: T[]): T | undefined =>
    answers.length > 1 ? answers.shift() : answers[0];
  return firstLab({
    client: { list: async () => next(labs) ?? [] },
    health: async () => next(healths),
    signal: new AbortController().signal,
    timeoutMs,
  });
}

describe('firstLab', () => {
  it('waits until a lab is ready', async () => {
    const labs: LabStatus[][] = [[], [lab], [{ ...lab, state: 'ready' }]];
    expect(await look([undefined, well], labs)).toBeUndefined();
    expect(labs).toHaveLength(1);
  });

  it('says why labs do not start', async () => {
    expect(await look([well, ill])).toBe('Labs do not start: no cgroup');
    expect(await look([well], [[lab]], 300)).toBe('No lab was ready in 0.3 s.');
  });

  it('waits for none where none is made ahead', async () => {
    expect(await look([{ ...well, pool: { ready: 0, wanted: 0 } }])).toBeUndefined();
    expect(await look([{ ...well, labHost: { up: true, free: 0 } }])).toBeUndefined();
    expect(await look([{ ...well, draining: true }], [[]], 300)).toBeUndefined();
  });

  it('is content with a lab of an earlier start', async () => {
    expect(await look([ill], [[{ ...lab, state: 'paused' }]])).toBeUndefined();
  });
});
