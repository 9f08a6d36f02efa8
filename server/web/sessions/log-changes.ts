/**
 * One log line for each step of a lab's life, with its public id (`lab`), the lab host's id of the machine behind it
 * (`machine`, as in agent.log), and the learner's short name. Nothing that a learner typed.
 */
import { ownerName } from '../owner-name.ts';
import type { LabRecord } from '../store/index.ts';
import type { LabChange } from './book.ts';
import type { SessionContext } from './context.ts';

export function logChanges({ book, log }: Pick<SessionContext, 'book' | 'log'>): void {
  book.onChange(({ id, before, now }: LabChange) => {
    const step = stepOf(before, now);
    const lab = now ?? before;
    if (step === undefined || !lab) return;
    const machine = lab.agentId ?? before?.agentId ?? undefined;
    const reason = now?.reason === '' ? undefined : now?.reason;
    const { scenario, owner } = lab;
    log.info({ lab: id, machine, scenario, owner: ownerName(owner), reason }, `lab ${step}`);
  });
}

function stepOf(before: LabRecord | undefined, now: LabRecord | undefined): string | undefined {
  if (!now) return 'removed';
  if (!before) return now.phase === 'creating' ? 'asked for' : now.phase;
  if (now.expiresAt !== before.expiresAt && now.startedAt === before.startedAt) return 'extended';
  if (now.phase === before.phase) return undefined;
  if (now.phase === 'creating' && before.phase !== 'queued') return 'reset';
  return now.phase === 'ready' && before.phase === 'paused' ? 'woken' : now.phase;
}
