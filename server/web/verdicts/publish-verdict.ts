/** Keeps a verdict with its lab and tells the learner's pages, when it says something new. */
import type { Verdict } from '../../protocol/verdict.ts';
import type { RunningLab } from '../sessions/index.ts';
import type { VerdictContext } from './index.ts';

export function publishVerdict(
  context: VerdictContext,
  lab: RunningLab,
  verdict: Verdict,
): Verdict {
  const { hub, metrics, sessions, store, now } = context;
  if (
    lab.verdict &&
    saysTheSame(lab.verdict, verdict) &&
    lab.solved === (lab.solved || verdict.solved)
  )
    return verdict;
  if (verdict.solved && !lab.solved) {
    const seconds = (now() - (lab.firstInputAt ?? lab.startedAt)) / 1000;
    store.progress.solved(lab.owner, lab.scenario, { at: now(), seconds });
    metrics.solved.inc({ scenario: lab.scenario });
  }
  sessions.book.update(lab.id, { verdict, solved: lab.solved || verdict.solved });
  hub.publish(lab.owner, { type: 'verdict', id: lab.id, verdict });
  return verdict;
}

function saysTheSame(a: Verdict, b: Verdict): boolean {
  return JSON.stringify({ ...a, seconds: 0 }) === JSON.stringify({ ...b, seconds: 0 });
}
