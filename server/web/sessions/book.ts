/** All learners' labs, in memory and, with every change, in the store. */
import { DrydockError } from '../../errors.ts';
import type { LabRecord, LabTable } from '../store/index.ts';

export interface LabChange {
  id: string;
  /** Undefined before it was there. */
  before: LabRecord | undefined;
  /** Undefined when it is gone. */
  now: LabRecord | undefined;
}

export interface LabBook {
  all: () => LabRecord[];
  get: (id: string) => LabRecord | undefined;
  /** Throws no_such_lab for a lab of somebody else's as for one that is not there. */
  own: (owner: string, id: string) => LabRecord;
  ofOwner: (owner: string) => LabRecord[];
  ofAgent: (agentId: string) => LabRecord | undefined;
  add: (lab: LabRecord) => LabRecord;
  /** Undefined if the lab is gone meanwhile. */
  update: (id: string, change: Partial<LabRecord>) => LabRecord | undefined;
  remove: (id: string) => void;
  /** Tells listeners again, when something changed that is not in the record. */
  touch: (id: string) => void;
  /** Until the returned function is called. */
  onChange: (listener: (change: LabChange) => void) => () => void;
}

export function createLabBook(table: LabTable): LabBook {
  const labs = new Map(table.all().map((lab) => [lab.id, lab]));
  const listeners = new Set<(change: LabChange) => void>();
  const tell = (change: LabChange): void => listeners.forEach((listener) => listener(change));

  const put = (lab: LabRecord): LabRecord => {
    const before = labs.get(lab.id);
    labs.set(lab.id, lab);
    table.save(lab);
    tell({ id: lab.id, before, now: lab });
    return lab;
  };

  return {
    all: () => [...labs.values()],
    get: (id) => labs.get(id),
    own: (owner, id) => {
      const lab = labs.get(id);
      if (lab?.owner !== owner) throw new DrydockError('no_such_lab');
      return lab;
    },
    ofOwner: (owner) => [...labs.values()].filter((lab) => lab.owner === owner),
    ofAgent: (agentId) => labs.values().find((lab) => lab.agentId === agentId),
    add: put,
    update: (id, change) => {
      const lab = labs.get(id);
      return lab && put({ ...lab, ...change });
    },
    remove: (id) => {
      const before = labs.get(id);
      if (!before) return;
      labs.delete(id);
      table.remove(id);
      tell({ id, before, now: undefined });
    },
    touch: (id) => {
      const lab = labs.get(id);
      if (lab) tell({ id, before: lab, now: lab });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
