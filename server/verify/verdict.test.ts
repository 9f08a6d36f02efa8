import { describe, expect, it, vi } from 'vitest';
import { DrydockError } from '../errors.ts';
import type { CheckResult } from '../protocol/verdict.ts';
import { decide, holdVerdict } from './verdict.ts';

type Status = CheckResult['status'];
const check = (kind: 'goal' | 'guard', status: Status): CheckResult => ({
  id: kind,
  kind,
  title: '',
  status,
  seen: '',
  wanted: '',
});
const checks = (goal: Status, guard: Status = 'pass'): CheckResult[] => [
  check('goal', goal),
  check('guard', guard),
];

describe('a decision', () => {
  it.each([
    ['all pass', checks('pass'), 'hold'],
    ['a goal fails', checks('fail'), 'unsolved'],
    ['a guard fails', checks('pass', 'fail'), 'unsolved'],
    ['a guard is unknown', checks('pass', 'unknown'), 'unsolved'],
    ['there is no goal', [check('guard', 'pass')], 'unsolved'],
    ['there is nothing', [], 'unsolved'],
  ] as const)('where %s', (_, results, decision) => {
    expect(decide([...results], 'engine')).toBe(decision);
    expect(decide([...results], 'none')).toBe(decision === 'hold' ? 'solved' : decision);
  });
});

describe('a verdict', () => {
  function judged(answers: CheckResult[][]) {
    const restart = vi.fn(async () => undefined);
    const check = vi.fn(async () => ({
      checks: (answers.length > 1 ? answers.shift() : answers[0]) ?? [],
    }));
    return {
      scenario: 'networking/x',
      seed: 0,
      check,
      restart,
      patienceMs: 1_200,
      onRestart: vi.fn(),
    };
  }

  it('restarts nothing while something fails', async () => {
    const options = judged([checks('fail')]);
    expect(await holdVerdict({ ...options, hold: 'engine' })).toMatchObject({
      solved: false,
      held: null,
    });
    expect(options.restart).not.toHaveBeenCalled();
  });

  it('restarts nothing where the scenario wants none', async () => {
    const options = judged([checks('pass')]);
    expect(await holdVerdict({ ...options, hold: 'none' })).toMatchObject({
      solved: true,
      held: null,
    });
    expect(options.restart).not.toHaveBeenCalled();
  });

  it('restarts once, and waits for what comes up', async () => {
    const options = judged([checks('pass'), checks('unknown'), checks('fail'), checks('pass')]);
    expect(await holdVerdict({ ...options, hold: 'engine' })).toMatchObject({
      solved: true,
      held: true,
      checks: checks('pass'),
    });
    expect(options.restart).toHaveBeenCalledTimes(1);
    expect(options.onRestart).toHaveBeenCalledTimes(1);
  });

  it('is not solved where the repair does not stand', async () => {
    const options = judged([checks('pass'), checks('fail')]);
    expect(await holdVerdict({ ...options, hold: { container: 'x' } })).toMatchObject({
      solved: false,
      held: false,
      checks: checks('fail'),
    });
    expect(options.check.mock.calls.length).toBeGreaterThan(2);
  });

  it('is not solved where the thing does not come back', async () => {
    const options = judged([checks('pass'), checks('unknown')]);
    options.restart.mockRejectedValue(new DrydockError('lab_not_ready'));
    expect(await holdVerdict({ ...options, hold: 'engine' })).toMatchObject({
      solved: false,
      held: false,
    });
    expect(options.check).toHaveBeenCalledTimes(2);
  });

  it('is none where the lab host has gone', async () => {
    const options = judged([checks('pass')]);
    options.restart.mockRejectedValue(new DrydockError('lab_host_down'));
    await expect(holdVerdict({ ...options, hold: 'engine' })).rejects.toThrow('lab host');
  });
});
