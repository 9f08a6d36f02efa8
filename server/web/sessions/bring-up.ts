/** Gets a lab that has its room to `ready`: from the pool, or made anew; one that fails is replaced once. */
import { DrydockError } from '../../errors.ts';
import type { LabRecord } from '../store/index.ts';
import type { SessionContext } from './context.ts';
import { limitsOf } from './maker.ts';
import { newLabId } from './new-lab-id.ts';
import { isPlaced } from './phases.ts';
import { scenarioOf } from './scenario-of.ts';

export interface BringUp {
  /** At once, if the pool has one that is broken for this scenario. */
  fromPool: (lab: LabRecord, options?: { anySeed?: boolean }) => LabRecord | undefined;
  /** Answers with the lab as it is now; it goes on in the background. What takes up its room is gone after `freed`. */
  start: (lab: LabRecord, freed?: Promise<void>) => LabRecord;
  /** Ends what `start` began, and waits for it; the lab that was being made is the caller's to destroy. */
  cancel: (id: string) => Promise<void>;
  /** Waits without ending it. */
  settled: (id: string) => Promise<void>;
  isBusy: (id: string) => boolean;
  anyBusy: () => boolean;
}

interface Job {
  controller: AbortController;
  done: Promise<void>;
}

const attempts = 2;

export function createBringUp(context: SessionContext): BringUp {
  const { book, pool } = context;
  const jobs = new Map<string, Job>();

  const fromPool: BringUp['fromPool'] = (lab, { anySeed = false } = {}) => {
    const taken = pool.takeBroken(lab.scenario, anySeed ? undefined : lab.seed);
    if (!taken) return undefined;
    context.metrics.making.observe({ source: 'broken' }, 0);
    context.log.info({ lab: lab.id, machine: taken.agentId }, 'lab given from the pool');
    return book.add(asReady(context, { ...lab, ...taken }));
  };

  return {
    fromPool,
    start: (lab, freed) => {
      const begun = book.add({ ...lab, phase: 'creating', agentId: null, reason: '' });
      const ready = fromPool(begun);
      if (ready) return ready;
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, context.signal]);
      const done = make(context, begun, { signal, freed }).finally(() => {
        if (jobs.get(lab.id)?.controller === controller) jobs.delete(lab.id);
        pool.refill();
      });
      jobs.set(lab.id, { controller, done });
      return begun;
    },
    cancel: async (id) => {
      const job = jobs.get(id);
      job?.controller.abort();
      await job?.done;
    },
    settled: async (id) => void (await jobs.get(id)?.done),
    isBusy: (id) => jobs.has(id),
    anyBusy: () => jobs.size > 0,
  };
}

interface Making {
  signal: AbortSignal;
  freed: Promise<void> | undefined;
}

/** Never rejects: what goes wrong becomes the lab's phase and reason. */
async function make(context: SessionContext, lab: LabRecord, making: Making): Promise<void> {
  const { book, maker, log, metrics } = context;
  const stopWatch = metrics.making.startTimer();
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const source = await tryOnce(context, lab, making);
      const ready = book.get(lab.id);
      if (ready) book.add(asReady(context, ready));
      const seconds = stopWatch({ source });
      log.info({ lab: lab.id, machine: ready?.agentId, source, seconds }, 'lab made');
      return;
    } catch (error) {
      if (making.signal.aborted) return;
      const { agentId } = book.get(lab.id) ?? lab;
      if (agentId !== null) await maker.destroy(agentId);
      if (attempt === attempts || isFull(error)) return fail(context, lab, error);
      log.warn(
        { err: error, lab: lab.id, scenario: lab.scenario },
        'lab not made, trying once more',
      );
    }
  }
}

/** A blank lab of the pool saves the creating. */
async function tryOnce(
  context: SessionContext,
  lab: LabRecord,
  { signal, freed }: Making,
): Promise<'blank' | 'new'> {
  const { book, maker, pool, config, catalog } = context;
  const scenario = scenarioOf(catalog, lab);
  const limits = limitsOf(scenario, config.labLimits);
  const blank = pool.takeBlank(limits);
  const agentId = blank ?? newLabId();
  if (blank === undefined) await freed;
  book.update(lab.id, { agentId, phase: blank === undefined ? 'creating' : 'breaking' });
  if (blank === undefined) {
    await maker.create(agentId, limits, signal);
    book.update(lab.id, { phase: 'breaking' });
  }
  await maker.breakIt(agentId, scenario, lab.seed, signal);
  return blank === undefined ? 'new' : 'blank';
}

/** Its time runs from here. One that was extended and is reset keeps the later end. */
function asReady({ config, notes, now, store, pool }: SessionContext, lab: LabRecord): LabRecord {
  const startedAt = now();
  notes.of(lab.id).activeAt = startedAt;
  store.progress.started(lab.owner, lab.scenario, startedAt);
  queueMicrotask(() => pool.refill());
  return {
    ...lab,
    phase: 'ready',
    reason: '',
    startedAt,
    expiresAt: Math.max(lab.expiresAt, startedAt + config.labMinutes * 60_000),
  };
}

/** The host filled up between the decision and now: back to its place in the queue, if a lab will ever end. */
function fail({ book, log, metrics }: SessionContext, lab: LabRecord, error: unknown): void {
  if (isFull(error) && book.all().some((other) => other.id !== lab.id && isPlaced(other))) {
    book.update(lab.id, {
      phase: 'queued',
      agentId: null,
      reason: 'All places are taken; yours is kept.',
    });
    return;
  }
  const known =
    error instanceof DrydockError ? error : new DrydockError('lab_failed', { cause: error });
  log.error({ err: error, lab: lab.id, scenario: lab.scenario }, 'lab not made');
  metrics.failures.inc({ reason: known.code });
  book.update(lab.id, { phase: 'failed', agentId: null, reason: `${known.message} ${known.hint}` });
}

function isFull(error: unknown): boolean {
  return error instanceof DrydockError && error.code === 'lab_host_full';
}
