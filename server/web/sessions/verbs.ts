/** What a learner does with labs: create, reset, extend, destroy. */
import { DrydockError } from '../../errors.ts';
import type { LabRecord } from '../store/index.ts';
import type { BringUp } from './bring-up.ts';
import type { SessionContext } from './context.ts';
import type { Ending } from './ending.ts';
import { newLabId } from './new-lab-id.ts';
import { isLive, isPlaced } from './phases.ts';
import type { Placement } from './placement.ts';
import { randomSeed } from './random-seed.ts';
import { scenarioOf } from './scenario-of.ts';
import { lastExpiry } from './view.ts';

export interface Verbs {
  create: (owner: string, scenario: string) => Promise<LabRecord>;
  /** The same id goes back to broken, with its time anew; hints that were taken stay. */
  reset: (id: string) => Promise<LabRecord>;
  extend: (id: string) => LabRecord;
  destroy: (id: string) => Promise<void>;
}

export interface VerbParts {
  bringUp: BringUp;
  placement: Placement;
  ending: Ending;
}

export function createVerbs(
  context: SessionContext,
  { bringUp, placement, ending }: VerbParts,
): Verbs {
  const { book, catalog, lanes, maker, notes, now } = context;

  const reset = async (id: string): Promise<LabRecord> => {
    await bringUp.cancel(id);
    const lab = present(book.get(id));
    if (lab.phase === 'queued') return lab;
    Object.assign(notes.of(id), { checking: false, ports: [], warned: false });
    const fresh = { ...lab, agentId: null, verdict: null, solved: false, startedAt: now() };
    if (!isPlaced(lab)) return placement.admit(fresh);
    return bringUp.start(fresh, lab.agentId === null ? undefined : maker.destroy(lab.agentId));
  };

  return {
    create: async (owner, scenarioId) => {
      const scenario = scenarioOf(catalog, { scenario: scenarioId });
      const lab = await placement.admit(
        newLab(context, owner, { id: scenarioId, seed: randomSeed(scenario) }),
        { anySeed: true },
      );
      dropEnded(context, lab);
      return lab;
    },
    reset: (id) => lanes(id, () => reset(id)),
    extend: (id) => {
      const lab = present(book.get(id));
      if (!isLive(lab)) throw new DrydockError('lab_stopped');
      const longest = lastExpiry(lab, context.config.labMaxMinutes);
      if (lab.expiresAt >= longest) throw new DrydockError('extend_exhausted');
      notes.of(id).warned = false;
      const expiresAt = Math.min(lab.expiresAt + context.config.labMinutes * 60_000, longest);
      return present(book.update(id, { expiresAt }));
    },
    destroy: (id) => ending.remove(id),
  };
}

function newLab(
  { config, now }: SessionContext,
  owner: string,
  scenario: { id: string; seed: number },
): LabRecord {
  const at = now();
  return {
    id: newLabId(),
    owner,
    scenario: scenario.id,
    seed: scenario.seed,
    agentId: null,
    phase: 'queued',
    reason: '',
    createdAt: at,
    startedAt: at,
    expiresAt: at + config.labMinutes * 60_000,
    solved: false,
    verdict: null,
    hints: [],
    tries: 0,
    firstInputAt: null,
    solutionSeen: false,
  };
}

/** A new lab takes the place of those of the same scenario that ended. */
function dropEnded({ book }: SessionContext, lab: LabRecord): void {
  for (const other of book.ofOwner(lab.owner)) {
    if (other.scenario === lab.scenario && other.id !== lab.id && !isLive(other))
      book.remove(other.id);
  }
}

function present(lab: LabRecord | undefined): LabRecord {
  if (!lab) throw new DrydockError('no_such_lab');
  return lab;
}
