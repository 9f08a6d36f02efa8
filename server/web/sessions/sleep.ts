/** Pauses labs that nobody uses and wakes them again. */
import { DrydockError } from '../../errors.ts';
import type { LabRecord } from '../store/index.ts';
import { logTrouble } from '../log-trouble.ts';
import type { SessionContext } from './context.ts';

/** A lab that runs: it has an engine to ask. */
export type RunningLab = LabRecord & { agentId: string };

export interface Sleep {
  /** Somebody uses the lab: it is not idle, and wakes if it was paused. */
  active: (id: string) => void;
  /** Resolves when the lab can be used; throws what stands in the way. */
  awake: (id: string) => Promise<RunningLab>;
  pause: (id: string) => Promise<void>;
}

export function createSleep({ agent, book, lanes, log, notes, now }: SessionContext): Sleep {
  const wake = (id: string): Promise<void> =>
    lanes(id, async () => {
      const lab = book.get(id);
      if (lab?.phase !== 'paused' || lab.agentId === null) return;
      await agent.resume(lab.agentId);
      if (book.get(id)?.agentId === lab.agentId) book.update(id, { phase: 'ready' });
    });

  return {
    active: (id) => {
      notes.of(id).activeAt = now();
      if (book.get(id)?.phase !== 'paused') return;
      wake(id).catch((error: unknown) => logTrouble(log, 'lab not woken', error, { lab: id }));
    },
    awake: async (id) => {
      notes.of(id).activeAt = now();
      await wake(id);
      return runningOrThrow(book.get(id));
    },
    pause: (id) =>
      lanes(id, async () => {
        const lab = book.get(id);
        if (lab?.phase !== 'ready' || lab.agentId === null || notes.of(id).checking) return;
        await agent.pause(lab.agentId);
        if (book.get(id)?.agentId === lab.agentId) book.update(id, { phase: 'paused' });
      }),
  };
}

function runningOrThrow(lab: LabRecord | undefined): RunningLab {
  if (!lab) throw new DrydockError('no_such_lab');
  if (lab.phase === 'ready' && lab.agentId !== null) return { ...lab, agentId: lab.agentId };
  if (lab.phase === 'stopped' || lab.phase === 'expired')
    throw new DrydockError('lab_stopped', { detail: lab.reason });
  throw new DrydockError('lab_not_ready');
}
