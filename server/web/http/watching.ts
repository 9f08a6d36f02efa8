/** The labs that one page or tool looks at: they are not paused, and re-judged on a slow beat. */
import type { Services } from '../services.ts';

export interface Watching extends Disposable {
  /** From now on these, and no others. Labs that are not the learner's are left out. */
  set: (ids: string[]) => void;
}

export function createWatching(
  { sessions, verdicts }: Pick<Services, 'sessions' | 'verdicts'>,
  owner: string,
): Watching {
  const watched = new Map<string, Disposable>();

  const begin = (id: string): void => {
    const use = verdicts.use(id, { watched: true });
    sessions.notes.of(id).viewers += 1;
    watched.set(id, use);
  };
  const end = (id: string): void => {
    watched.get(id)?.[Symbol.dispose]();
    watched.delete(id);
    if (sessions.book.get(id) === undefined) return;
    const notes = sessions.notes.of(id);
    notes.viewers = Math.max(0, notes.viewers - 1);
    notes.activeAt = Date.now();
  };
  const set = (ids: string[]): void => {
    const own = new Set(ids.filter((id) => sessions.book.get(id)?.owner === owner));
    for (const id of watched.keys()) if (!own.has(id)) end(id);
    for (const id of own) if (!watched.has(id)) begin(id);
  };

  return { set, [Symbol.dispose]: () => set([]) };
}
