/** Keeps a lab from being restarted again and again: after a hold that failed, the learner must have done something. */
import type { Verdict } from '../../protocol/verdict.ts';

export interface HoldGuard {
  /** Whether a live verdict that is all green may be put to the test. */
  armed: boolean;
}

export function newHoldGuard(): HoldGuard {
  return { armed: true };
}

/** Typing counts only while something is red: a service that comes back by itself is not a repair. */
export function typedInto(guard: HoldGuard, verdict: Verdict | null): void {
  if (verdict?.checks.some((check) => check.status !== 'pass') ?? false) guard.armed = true;
}
