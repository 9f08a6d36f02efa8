/** Who gets room on the lab host, and when: limits, the pool, the queue. */
import { DrydockError } from '../../errors.ts';
import type { LabRecord } from '../store/index.ts';
import { logTrouble } from '../log-trouble.ts';
import type { BringUp } from './bring-up.ts';
import type { SessionContext } from './context.ts';
import { limitsOf } from './maker.ts';
import { isLive, isPlaced } from './phases.ts';
import { queued } from './queue.ts';

export interface Placement {
  /** Enters a lab into the book: ready, on its way, or in the queue. */
  admit: (lab: LabRecord, options?: { anySeed?: boolean }) => Promise<LabRecord>;
  /** Serves the queue as far as there is room; called whenever a lab ends. */
  pump: () => void;
}

export function createPlacement(context: SessionContext, bringUp: BringUp): Placement {
  const { book, lanes, log } = context;
  /** One decision at a time, so that two cannot take the same room. */
  const decide = <T>(task: () => Promise<T>): Promise<T> => lanes('placement', task);

  return {
    admit: (lab, options = {}) =>
      decide(async () => {
        if (context.drain.on()) throw new DrydockError('draining');
        checkOwnLimit(context, lab);
        if (queued(book.all()).length > 0) return enqueue(context, lab);
        const ready = hasSlot(context) ? bringUp.fromPool(lab, options) : undefined;
        if (ready) return ready;
        const shortOf = await findRoom(context, lab);
        if (shortOf === undefined) return bringUp.start(lab);
        if (!book.all().some(isPlaced))
          throw new DrydockError('lab_host_full', { detail: fullText(shortOf) });
        return enqueue(context, lab);
      }),
    pump: () => {
      // Who waits keeps the place: the next server serves it.
      if (context.drain.on() || queued(book.all()).length === 0) return;
      decide(() => serveQueue(context, bringUp)).catch((error: unknown) =>
        logTrouble(log, 'queue not served', error),
      );
    },
  };
}

async function serveQueue(context: SessionContext, bringUp: BringUp): Promise<void> {
  for (;;) {
    const [first] = queued(context.book.all());
    if (!first || (await findRoom(context, first)) !== undefined) return;
    const still = context.book.get(first.id);
    if (still?.phase !== 'queued') continue;
    context.metrics.queueWait.observe((context.now() - still.startedAt) / 1000);
    bringUp.start(still);
  }
}

function checkOwnLimit({ book, config }: SessionContext, lab: LabRecord): void {
  const others = book.ofOwner(lab.owner).filter((other) => other.id !== lab.id && isLive(other));
  if (others.length < config.labsPerLearner) return;
  throw new DrydockError('too_many_labs', {
    detail: `You have ${others.length} labs already, as many as you may.`,
  });
}

/** A lab that waits keeps the place of its `startedAt`. */
function enqueue({ book }: SessionContext, lab: LabRecord): LabRecord {
  return book.add({
    ...lab,
    phase: 'queued',
    agentId: null,
    reason: 'All places are taken; yours is kept.',
  });
}

/** Undefined if there is room, made by ending a lab of the pool if need be; else what there is too little of. */
async function findRoom(context: SessionContext, lab: LabRecord): Promise<string | undefined> {
  const { agent, catalog, config, pool } = context;
  if (!hasSlot(context)) return 'the number of labs that the server allows';
  const scenario = catalog.get(lab.scenario);
  // A scenario that was taken out must not stop the queue: making it fails, and says so.
  if (!scenario || pool.hasBlank(limitsOf(scenario, config.labLimits))) return undefined;
  const { capacity } = await agent.status();
  if (capacity.free > 0 && placedCount(context) + pool.size() < (config.maxLabs ?? Infinity))
    return undefined;
  return (await pool.giveUpOne()) ? undefined : capacity.limitedBy;
}

function hasSlot(context: SessionContext): boolean {
  return placedCount(context) < (context.config.maxLabs ?? Infinity);
}

function placedCount({ book }: SessionContext): number {
  return book.all().filter(isPlaced).length;
}

function fullText(shortOf: string): string {
  return `The machine cannot carry another lab: it is short of ${shortOf}.`;
}
