/** Ends a lab's life on the lab host, by whatever cause. */
import type { BringUp } from './bring-up.ts';
import type { SessionContext } from './context.ts';
import type { Placement } from './placement.ts';

export interface Ending {
  /** The lab stays in the book with its reason; a reset gets it back. */
  end: (id: string, phase: 'stopped' | 'expired', reason: string) => Promise<void>;
  /** The lab is forgotten. */
  remove: (id: string) => Promise<void>;
}

export function createEnding(
  context: SessionContext,
  bringUp: BringUp,
  placement: Placement,
): Ending {
  const { book, maker, metrics, notes } = context;

  const release = async (id: string, write: () => void): Promise<void> => {
    await bringUp.cancel(id);
    const agentId = book.get(id)?.agentId ?? null;
    write();
    if (agentId !== null) await maker.destroy(agentId);
    placement.pump();
  };

  return {
    end: (id, phase, reason) =>
      release(id, () => {
        metrics.failures.inc({ reason: phase });
        Object.assign(notes.of(id), { checking: false, ports: [] });
        book.update(id, { phase, reason, agentId: null });
      }),
    remove: (id) => release(id, () => book.remove(id)),
  };
}
