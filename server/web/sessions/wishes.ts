/** Guesses which scenarios are opened next: pages that are open, then the next one after each lab in work. */
import type { Catalog } from '../../catalog/index.ts';
import type { LabRecord } from '../store/index.ts';
import { isLive } from './phases.ts';

export interface Wishes {
  /** The learner looks at the scenario's page. Only the last page of each counts. */
  pageOpened: (learner: string, scenario: string) => void;
  /** Most likely first. */
  list: () => string[];
}

/** A page that was opened longer ago says nothing any more. */
const pageOpenMs = 15 * 60_000;

export interface WishesOptions {
  catalog: Catalog;
  labs: () => LabRecord[];
  now: () => number;
}

export function createWishes({ catalog, labs, now }: WishesOptions): Wishes {
  const pages = new Map<string, { scenario: string; at: number }>();
  return {
    pageOpened: (learner, scenario) => {
      pages.delete(learner);
      pages.set(learner, { scenario, at: now() });
    },
    list: () => {
      for (const [learner, { at }] of pages) if (now() - at > pageOpenMs) pages.delete(learner);
      const live = labs().filter(isLive);
      const opened = [...pages]
        .filter(([owner, { scenario }]) => !has(live, owner, scenario))
        .map(([, page]) => page.scenario);
      const next = live.flatMap(({ owner, scenario }) => {
        const follower = catalog.next(scenario)?.id;
        return follower !== undefined && !has(live, owner, follower) ? [follower] : [];
      });
      return [...new Set([...opened.reverse(), ...next.reverse()])];
    },
  };
}

function has(live: LabRecord[], owner: string, scenario: string): boolean {
  return live.some((lab) => lab.owner === owner && lab.scenario === scenario);
}
