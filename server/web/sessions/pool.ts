/**
 * Labs that are ready before somebody asks: blank ones, and ones already broken for what is likely next. They are the
 * first to go when a learner needs their room.
 */
import type { Catalog, Scenario } from '../../catalog/index.ts';
import type { LabStatus } from '../../protocol/agent.ts';
import { logTrouble } from '../log-trouble.ts';
import type { Logger } from '../logger.ts';
import type { PoolRecord, PoolTable } from '../store/index.ts';
import type { LabLimits, Maker } from './maker.ts';
import { limitsOf, sameLimits } from './maker.ts';
import { newLabId } from './new-lab-id.ts';
import { randomSeed } from './random-seed.ts';

export interface PoolOptions {
  table: PoolTable;
  maker: Maker;
  catalog: Catalog;
  log: Logger;
  signal: AbortSignal;
  blankWanted: number;
  brokenWanted: number;
  defaults: LabLimits;
  /** Whether the lab host can carry one more, and no learner is being served just now. */
  hasRoom: () => Promise<boolean>;
  now: () => number;
}

/** A type, not an interface: it goes into answers as it is. */
export type PoolState = {
  ready: number;
  wanted: number;
  /** The same by kind. */
  blank: { ready: number; wanted: number };
  broken: { ready: number; wanted: number };
};

export interface Pool {
  /** A lab that is broken for this scenario, with this seed if one is given; it is the caller's from now on. */
  takeBroken: (scenario: string, seed?: number) => { agentId: string; seed: number } | undefined;
  takeBlank: (limits: LabLimits) => string | undefined;
  hasBlank: (limits: LabLimits) => boolean;
  /** Ends one, the least likely to be needed; false if there is none. */
  giveUpOne: () => Promise<boolean>;
  /** What is likely next, most likely first. */
  wish: (scenarios: string[]) => void;
  /** Makes what is missing, one at a time. */
  refill: () => void;
  knows: (agentId: string) => boolean;
  size: () => number;
  state: () => PoolState;
  /** A lab of the pool ended by itself. */
  lost: (agentId: string) => void;
  /** After a start: keeps what is ready and still there, ends the rest. */
  adopt: (labs: Map<string, LabStatus>) => void;
  /** Resolves when nothing is being made. */
  settled: () => Promise<void>;
}

const pauseAfterFailureMs = 30_000;

export function createPool(options: PoolOptions): Pool {
  const { table, maker, signal, log, now } = options;
  const labs = new Map(table.all().map((lab) => [lab.agentId, lab]));
  /** Made by this process, so not for `adopt` to judge. */
  const making = new Set<string>();
  let wishes: string[] = [];
  let filling: Promise<void> | undefined;
  /** Since the last look at what is missing. */
  let asked = false;
  let pausedUntil = 0;

  const put = (lab: PoolRecord): void => {
    labs.set(lab.agentId, lab);
    table.save(lab);
  };
  const forget = (agentId: string): void => {
    labs.delete(agentId);
    table.remove(agentId);
  };
  const end = (agentId: string): Promise<void> => {
    forget(agentId);
    return maker.destroy(agentId);
  };
  const ready = (): PoolRecord[] => [...labs.values()].filter((lab) => lab.ready);
  const take = (matches: (lab: PoolRecord) => boolean): PoolRecord | undefined => {
    const lab = ready().find(matches);
    if (lab) forget(lab.agentId);
    return lab;
  };

  const fill = async (): Promise<void> => {
    while (!signal.aborted && now() >= pausedUntil) {
      const next = nextOf(options, [...labs.values()], wishes);
      if (next === undefined || !(await options.hasRoom())) return;
      const leaving =
        next === 'blank' ? undefined : unwanted([...labs.values()], wishes, options.brokenWanted);
      if (leaving) await end(leaving.agentId);
      await make(next === 'blank' ? undefined : next);
    }
  };

  const refill = (): void => {
    asked = true;
    filling ??= fillWhileAsked().finally(() => (filling = undefined));
  };
  const fillWhileAsked = async (): Promise<void> => {
    while (asked) {
      asked = false;
      await fill().catch((error: unknown) => logTrouble(log, 'pool not filled', error));
    }
  };

  const make = async (scenario: Scenario | undefined): Promise<void> => {
    const agentId = newLabId();
    const broken = scenario ? { scenario: scenario.id, seed: randomSeed(scenario) } : null;
    making.add(agentId);
    put({ agentId, broken, ready: false, createdAt: now() });
    try {
      await maker.create(
        agentId,
        scenario ? limitsOf(scenario, options.defaults) : options.defaults,
        signal,
      );
      if (scenario && broken) await maker.breakIt(agentId, scenario, broken.seed, signal);
      if (labs.has(agentId)) put({ agentId, broken, ready: true, createdAt: now() });
    } catch (error) {
      if (!signal.aborted)
        logTrouble(log, 'lab for the pool not made', error, { scenario: scenario?.id });
      pausedUntil = now() + pauseAfterFailureMs;
      await end(agentId);
    } finally {
      making.delete(agentId);
    }
  };

  return {
    takeBroken: (scenario, seed) => {
      const lab = take(
        ({ broken }) =>
          broken?.scenario === scenario && (seed === undefined || broken.seed === seed),
      );
      return lab?.broken ? { agentId: lab.agentId, seed: lab.broken.seed } : undefined;
    },
    takeBlank: (limits) => {
      if (!sameLimits(limits, options.defaults)) return undefined;
      return take(({ broken }) => broken === null)?.agentId;
    },
    hasBlank: (limits) =>
      sameLimits(limits, options.defaults) && ready().some(({ broken }) => broken === null),
    giveUpOne: async () => {
      const lab =
        unwanted(ready(), wishes, 0) ??
        ready().findLast(({ broken }) => broken !== null) ??
        ready()[0];
      if (lab) await end(lab.agentId);
      return lab !== undefined;
    },
    wish: (scenarios) => {
      wishes = scenarios.slice(0, options.brokenWanted);
    },
    refill,
    knows: (agentId) => labs.has(agentId),
    size: () => labs.size,
    state: () => {
      const blank = ready().filter((lab) => lab.broken === null).length;
      const broken = ready().length - blank;
      return {
        ready: blank + broken,
        wanted: options.blankWanted + wishes.length,
        blank: { ready: blank, wanted: options.blankWanted },
        broken: { ready: broken, wanted: wishes.length },
      };
    },
    lost: (agentId) => {
      if (labs.has(agentId)) void end(agentId);
    },
    adopt: (found) => {
      for (const lab of labs.values()) {
        if (making.has(lab.agentId)) continue;
        const state = found.get(lab.agentId)?.state;
        const known = lab.broken === null || options.catalog.get(lab.broken.scenario) !== undefined;
        if (state === undefined) forget(lab.agentId);
        else if (state !== 'ready' || !lab.ready || !known) void end(lab.agentId);
      }
    },
    settled: async () => void (await filling),
  };
}

/** What to make next: blank labs first, since they serve every scenario. */
function nextOf(
  options: PoolOptions,
  labs: PoolRecord[],
  wishes: string[],
): 'blank' | Scenario | undefined {
  if (labs.filter(({ broken }) => broken === null).length < options.blankWanted) return 'blank';
  const missing = wishes.find((wish) => !labs.some(({ broken }) => broken?.scenario === wish));
  return missing === undefined ? undefined : options.catalog.get(missing);
}

/** The oldest broken lab that nobody wishes for any more, when there are as many as may be. */
function unwanted(labs: PoolRecord[], wishes: string[], atMost: number): PoolRecord | undefined {
  const broken = labs.filter((lab) => lab.broken !== null);
  if (broken.length < atMost) return undefined;
  return broken.find((lab) => lab.ready && !wishes.includes(lab.broken?.scenario ?? ''));
}
