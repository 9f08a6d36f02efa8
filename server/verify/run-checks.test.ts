import { describe, expect, it } from 'vitest';
import { goal, guard, outcome, type Check, type LabView } from '../../labs/define-lab.ts';
import { checkResultSchema, maxSeenChars } from '../protocol/verdict.ts';
import { createLabView } from './lab-view.ts';
import { runChecks } from './run-checks.ts';
import { noAnswer } from './testing.ts';

const signal = new AbortController().signal;
const lab: LabView = createLabView({ ask: async () => noAnswer('refused'), seed: 0, signal });
const run = (checks: Check[], only?: string[]) =>
  runChecks({ definition: { checks }, lab, only, signal, onFault: () => undefined });

describe('checks', () => {
  it('pass, fail, or are unknown where the lab could not be asked', async () => {
    const results = await run([
      goal('a', 'A', async () => outcome(true, 'seen', 'wanted')),
      guard('b', 'B', async () => outcome(false, 'seen', 'wanted')),
      goal('c', 'C', async ({ docker }) => outcome((await docker.containers()).length > 0, '', '')),
    ]);
    expect(results).toEqual([
      { id: 'a', kind: 'goal', title: 'A', status: 'pass', seen: 'seen', wanted: 'wanted' },
      { id: 'b', kind: 'guard', title: 'B', status: 'fail', seen: 'seen', wanted: 'wanted' },
      {
        id: 'c',
        kind: 'goal',
        title: 'C',
        status: 'unknown',
        seen: 'Nobody accepted the connection.',
        wanted: '',
      },
    ]);
  });

  it('that fail themselves are unknown, and their fault goes to the log alone', async () => {
    const faults: unknown[] = [];
    const broken = goal('a', 'A', async () => {
      throw new TypeError('secret of ours');
    });
    const results = await runChecks({
      definition: { checks: [broken] },
      lab,
      signal,
      onFault: (id, error) => faults.push(id, String(error)),
    });
    expect(results).toMatchObject([{ status: 'unknown' }]);
    expect(JSON.stringify(results)).not.toContain('secret');
    expect(faults).toEqual(['a', 'TypeError: secret of ours']);
  });

  it('that take too long are unknown', async () => {
    const slow = goal('a', 'A', () => new Promise(() => undefined), { timeoutMs: 20 });
    expect(await run([slow])).toMatchObject([
      { status: 'unknown', seen: 'No answer within 0.02 s.' },
    ]);
  });

  it('run together, but not all at once', async () => {
    let now = 0;
    let most = 0;
    const check = (n: number): Check =>
      goal(`c${String(n)}`, 'C', async () => {
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        return outcome(true, '', '');
      });
    const results = await run(Array.from({ length: 20 }, (_, n) => check(n)));
    expect(results.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, n) => `c${String(n)}`),
    );
    expect(most).toBe(8);
  });

  it('are left out where others are asked for', async () => {
    const checks = ['a', 'b'].map((id) => goal(id, id, async () => outcome(true, '', '')));
    expect(await run(checks, ['b'])).toMatchObject([{ id: 'b' }]);
  });

  it("say a learner's text without what would act", async () => {
    const evil = `\u001b[31mred\u0007\u202eback\u0000wards\n${'x'.repeat(1000)}`;
    const [result] = await run([goal('a', 'A', async () => outcome(false, evil, ''))]);
    expect(result?.seen).toMatch(/^\[31mredbackwards\nx+…$/);
    expect(result?.seen).toHaveLength(maxSeenChars + 1);
    expect(checkResultSchema.safeParse(result).success).toBe(true);
  });

  it('end when nobody wants them any more', async () => {
    const stop = new AbortController();
    const hanging = goal('a', 'A', () => new Promise(() => undefined));
    const results = runChecks({ definition: { checks: [hanging] }, lab, signal: stop.signal });
    stop.abort(new Error('gone'));
    await expect(results).rejects.toThrow('gone');
  });
});
