/**
 * Who has which lab: made, broken, paused, woken, extended, reset, ended, adopted; the pool and the queue. Knows
 * nothing of HTTP or of what a verdict is made of.
 */
import { setInterval } from 'node:timers';
import type { AgentClient } from '../../agent-client/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Config } from '../../config.ts';
import type { Drain } from '../drain.ts';
import type { EventHub } from '../events/hub.ts';
import { logTrouble } from '../log-trouble.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/index.ts';
import { adopt } from './adopt.ts';
import { handleAgentEvent } from './agent-events.ts';
import type { LabBook } from './book.ts';
import { createLabBook } from './book.ts';
import { createBringUp } from './bring-up.ts';
import { careFor } from './care.ts';
import type { SessionContext } from './context.ts';
import { createEnding } from './ending.ts';
import { endByOperator } from './end-by-operator.ts';
import { createLanes } from './lanes.ts';
import { logChanges } from './log-changes.ts';
import { createMaker } from './maker.ts';
import type { NoteBook } from './notes.ts';
import { createNoteBook } from './notes.ts';
import { createPlacement } from './placement.ts';
import type { PoolState } from './pool.ts';
import { createPool } from './pool.ts';
import { publishChanges } from './publish-changes.ts';
import { queuePlace } from './queue.ts';
import type { Sleep } from './sleep.ts';
import { createSleep } from './sleep.ts';
import type { Verbs } from './verbs.ts';
import { createVerbs } from './verbs.ts';
import type { ViewOf } from './view.ts';
import { createViewOf } from './view.ts';
import { createWishes } from './wishes.ts';

export type { LabChange } from './book.ts';
export { isDebriefDue, isSolutionDue } from './due.ts';
export type { RunningLab } from './sleep.ts';

export interface SessionsOptions {
  config: Config;
  store: Store;
  catalog: Catalog;
  agent: AgentClient;
  drain: Drain;
  hub: EventHub;
  log: Logger;
  metrics: Metrics;
  now?: () => number;
}

export interface Sessions extends Verbs, Pick<Sleep, 'active' | 'awake'>, AsyncDisposable {
  book: LabBook;
  notes: NoteBook;
  viewOf: ViewOf;
  /** The learner looks at the scenario's page. */
  pageOpened: (learner: string, scenario: string) => void;
  /** Why labs do not start; undefined as long as they do. */
  trouble: () => string | undefined;
  poolState: () => PoolState;
  /** The operator ends it; the learner is told, and can reset it. */
  endByOperator: (id: string, message: string) => Promise<void>;
  /** Follows the agent and begins to care; resolves at once. */
  start: () => void;
  /** Somebody typed, or what was typed has had its effect. */
  onTyped: (listener: (id: string, what: 'input' | 'quiet') => void) => void;
  /** One round of what time does; called every few seconds once started. */
  beat: () => void;
  /** Compares with the lab host; called on each of its `hello`s. */
  adopt: () => Promise<void>;
  /** Resolves when the pool is as full as it gets. */
  poolSettled: () => Promise<void>;
}

const beatMs = 2_000;
const adoptEveryBeats = 30;

export function createSessions(options: SessionsOptions): Sessions {
  const { agent, catalog, config, drain, hub, log, store, now = Date.now } = options;
  const stop = new AbortController();
  const book = createLabBook(store.labs);
  const notes = createNoteBook(now);
  const maker = createMaker(agent, log, config.lease);
  const wishes = createWishes({ catalog, labs: book.all, now });
  const pool = createPool({
    ...{
      maker,
      catalog,
      log,
      now,
      table: store.pool,
      signal: stop.signal,
      defaults: config.labLimits,
    },
    blankWanted: config.poolBlank,
    brokenWanted: config.poolBroken,
    hasRoom: () => poolHasRoom(),
  });
  const context: SessionContext = {
    ...{ config, store, catalog, agent, drain, hub, log, metrics: options.metrics },
    ...{ book, notes, maker, pool, lanes: createLanes(), now, signal: stop.signal },
  };
  const bringUp = createBringUp(context);
  const placement = createPlacement(context, bringUp);
  const ending = createEnding(context, bringUp, placement);
  const sleep = createSleep(context);
  const verbs = createVerbs(context, { bringUp, placement, ending });
  const viewOf = createViewOf({
    config,
    notes,
    now,
    place: (id) => queuePlace(book.all(), id, now()),
  });
  const typed = new Set<(id: string, what: 'input' | 'quiet') => void>();
  publishChanges(context, viewOf);
  logChanges(context);

  let hostUp: boolean | undefined;
  const hostIsUp = (up: boolean, cause?: unknown): void => {
    if (up !== hostUp)
      log[up ? 'info' : 'warn']({ err: cause }, up ? 'lab host is there' : 'lab host is away');
    hostUp = up;
  };
  const poolHasRoom = async (): Promise<boolean> => {
    const labs = book.all().filter((lab) => lab.agentId !== null).length + pool.size();
    if (drain.on()) return false;
    if (hostUp === false || bringUp.anyBusy() || labs >= (config.maxLabs ?? Infinity)) return false;
    return (await agent.status(stop.signal)).capacity.free > 0 && !bringUp.anyBusy();
  };
  const adoptAll = (): Promise<void> =>
    context
      .lanes('adopt', () => adopt(context, bringUp, ending))
      .then(
        () => beat(),
        (error: unknown) => {
          if (!stop.signal.aborted) logTrouble(log, 'labs not compared with the lab host', error);
        },
      );
  const beat = (): void => {
    careFor(context, ending, sleep);
    pool.wish(wishes.list());
    pool.refill();
    placement.pump();
  };

  return {
    ...verbs,
    ...{ book, notes, viewOf, beat, adopt: adoptAll },
    active: sleep.active,
    awake: sleep.awake,
    pageOpened: (learner, scenario) => {
      wishes.pageOpened(learner, scenario);
      pool.wish(wishes.list());
      pool.refill();
    },
    poolState: pool.state,
    trouble: maker.trouble,
    endByOperator: (id, message) => endByOperator(context, ending, id, message),
    poolSettled: pool.settled,
    onTyped: (listener) => void typed.add(listener),
    start: () => {
      const tell = (what: 'input' | 'quiet') => (id: string) =>
        typed.forEach((listener) => listener(id, what));
      const parts = {
        ending,
        sleep,
        onHello: () => void adoptAll(),
        onInput: tell('input'),
        onQuiet: tell('quiet'),
      };
      agent.events({
        lease: maker.lease,
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'hello') hostIsUp(true);
          handleAgentEvent(context, parts, event);
        },
        onDown: (cause) => hostIsUp(false, cause),
      });
      let beats = 0;
      const timer = setInterval(() => {
        beats += 1;
        beat();
        if (beats % adoptEveryBeats === 0) void adoptAll();
      }, beatMs);
      stop.signal.addEventListener('abort', () => clearInterval(timer));
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all([...book.all().map((lab) => bringUp.settled(lab.id)), pool.settled()]);
    },
  };
}
