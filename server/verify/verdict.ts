import { setTimeout as sleep } from 'node:timers/promises';
import type { Hold } from '../../labs/define-lab.ts';
import { DrydockError } from '../errors.ts';
import type { CheckResult, Verdict } from '../protocol/verdict.ts';

/** Services need a moment after a restart; a repair that has not come up by then does not hold. */
export const holdPatienceMs = 15_000;
const askAgainMs = 500;

/** `hold`: all is as it should be now, and the restart is what is left to see. */
export type Decision = 'unsolved' | 'hold' | 'solved';

/** A scenario without a goal has nothing that could be solved. */
export function decide(checks: CheckResult[], hold: Hold): Decision {
  const passed =
    checks.every(({ status }) => status === 'pass') && checks.some(({ kind }) => kind === 'goal');
  if (!passed) return 'unsolved';
  return hold === 'none' ? 'solved' : 'hold';
}

export interface HoldVerdict {
  scenario: string;
  seed: number;
  hold: Hold;
  /** Asks all checks. */
  check: () => Promise<{ checks: CheckResult[] }>;
  /** Restarts what the scenario names; throws `lab_not_ready` or `engine_timeout` if it does not come back. */
  restart: () => Promise<void>;
  /** Called once, before the restart. */
  onRestart?: () => void;
  patienceMs?: number;
  signal?: AbortSignal;
}

/** The full verdict of the button, of `try` and of the proof: restarts once, and only when all is green. */
export async function holdVerdict(options: HoldVerdict): Promise<Verdict> {
  const { scenario, seed, hold, check } = options;
  const begin = performance.now();
  const verdict = (checks: CheckResult[], held: boolean | null, solved: boolean): Verdict => {
    return { scenario, seed, solved, held, seconds: (performance.now() - begin) / 1000, checks };
  };
  const { checks } = await check();
  const decision = decide(checks, hold);
  if (decision !== 'hold') return verdict(checks, null, decision === 'solved');
  options.onRestart?.();
  const restarted = await restart(options);
  const after = await askUntilAllPass(options, restarted);
  return verdict(after.checks, after.passed, after.passed);
}

/** A restart from which the thing does not come back is a repair that does not hold, not a fault of ours. */
async function restart({ restart, signal }: HoldVerdict): Promise<boolean> {
  try {
    await restart();
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DrydockError && ['lab_not_ready', 'engine_timeout'].includes(error.code))
      return false;
    throw error;
  }
}

/** What did not come back in the restart's own time gets no more of it: one look, to say what is broken now. */
async function askUntilAllPass(
  { check, hold, patienceMs = holdPatienceMs, signal }: HoldVerdict,
  restarted: boolean,
): Promise<{ checks: CheckResult[]; passed: boolean }> {
  const end = performance.now() + (restarted ? patienceMs : 0);
  for (;;) {
    const { checks } = await check();
    const passed = restarted && decide(checks, hold) !== 'unsolved';
    if (passed || performance.now() + askAgainMs > end) return { checks, passed };
    await sleep(askAgainMs, undefined, { signal });
  }
}
