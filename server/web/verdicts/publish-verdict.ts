/** Keeps a verdict with its lab and tells the learner's pages, when it says something new. */
import type { Verdict } from '../../protocol/verdict.ts';
import type { Logger } from '../logger.ts';
import type { RunningLab } from '../sessions/index.ts';
import type { VerdictContext } from './index.ts';

export function publishVerdict(
  context: VerdictContext,
  lab: RunningLab,
  verdict: Verdict,
): Verdict {
  const { hub, log, metrics, sessions, store, now } = context;
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
  logVerdict(log, lab, verdict);
  sessions.book.update(lab.id, { verdict, solved: lab.solved || verdict.solved });
  hub.publish(lab.owner, { type: 'verdict', id: lab.id, verdict });
  return verdict;
}

/** How many, not which, and nothing that was seen: that is the learner's. */
function logVerdict(
  log: Logger,
  lab: RunningLab,
  { solved, held, seconds, checks }: Verdict,
): void {
  const count = (wanted: string): number => checks.filter(({ status }) => status === wanted).length;
  const counts = { pass: count('pass'), fail: count('fail'), unknown: count('unknown') };
  log.info({ lab: lab.id, machine: lab.agentId, solved, held, seconds, ...counts }, 'verdict');
}

function saysTheSame(a: Verdict, b: Verdict): boolean {
  return JSON.stringify({ ...a, seconds: 0 }) === JSON.stringify({ ...b, seconds: 0 });
}
