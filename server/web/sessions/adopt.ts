/**
 * Brings the book and the lab host together again: after a start, after the agent was away, and now and then. Labs that
 * are known are kept as they are, what is gone is marked stopped, and what nobody knows is ended.
 */
import type { LabStatus } from '../../protocol/agent.ts';
import type { LabRecord } from '../store/index.ts';
import type { BringUp } from './bring-up.ts';
import type { SessionContext } from './context.ts';
import type { Ending } from './ending.ts';
import { isBeingMade } from './phases.ts';

const goneReason = 'The lab host lost this lab, probably in a restart.';

export async function adopt(
  context: SessionContext,
  bringUp: BringUp,
  ending: Ending,
): Promise<void> {
  const { agent, book, pool, maker, log, signal } = context;
  // Only what was there before the question can be judged by its answer.
  const before = book.all();
  const found = new Map((await agent.list(signal)).map((lab) => [lab.id, lab]));

  for (const lab of before) {
    if (book.get(lab.id) !== lab || bringUp.isBusy(lab.id)) continue;
    if (isBeingMade(lab)) startAnew(context, bringUp, lab);
    else if (lab.phase === 'ready' || lab.phase === 'paused')
      await follow(context, lab, found, ending);
  }
  const unknown = found
    .values()
    .filter(({ id, lease }) => lease === maker.lease && !book.ofAgent(id) && !pool.knows(id));
  const toEnd = [...unknown];
  pool.adopt(found);
  for (const lab of toEnd) {
    log.info({ lab: lab.id }, 'ending a lab that nobody knows');
    await maker.destroy(lab.id);
  }
}

/** The server ended while it was being made: how far that got is not known. */
function startAnew({ maker }: SessionContext, bringUp: BringUp, lab: LabRecord): void {
  bringUp.start(lab, lab.agentId === null ? undefined : maker.destroy(lab.agentId));
}

async function follow(
  { book }: SessionContext,
  lab: LabRecord,
  found: Map<string, LabStatus>,
  ending: Ending,
): Promise<void> {
  const status = found.get(lab.agentId ?? '');
  if (!status) return ending.end(lab.id, 'stopped', goneReason);
  if (status.state === 'stopped') return ending.end(lab.id, 'stopped', status.reason);
  if (status.state !== 'creating' && status.state !== lab.phase)
    book.update(lab.id, { phase: status.state });
}
