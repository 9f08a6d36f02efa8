/** All scenarios, in the order the course has them. */
import type { Chapter } from '../protocol/ids.ts';
import { chapters } from '../protocol/ids.ts';
import { scenarioFolders } from './folders.ts';
import type { Scenario } from './scenario.ts';
import { loadScenario } from './scenario.ts';

export interface Catalog {
  scenarios: readonly Scenario[];
  /** Scenarios that could not be loaded; the others are served. */
  faults: readonly CatalogFault[];
  get: (id: string) => Scenario | undefined;
  /** The one that follows it in its chapter. */
  next: (id: string) => Scenario | undefined;
}

export interface CatalogFault {
  id: string;
  cause: unknown;
}

export async function loadCatalog(labsDir: string): Promise<Catalog> {
  const scenarios: Scenario[] = [];
  const faults: CatalogFault[] = [];
  for (const { id, folder } of await scenarioFolders(labsDir)) {
    try {
      scenarios.push(await loadScenario(id, folder));
    } catch (cause) {
      faults.push({ id, cause });
    }
  }
  return toCatalog(scenarios.sort(inCourseOrder), faults);
}

function toCatalog(scenarios: Scenario[], faults: CatalogFault[]): Catalog {
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]));
  return {
    scenarios,
    faults,
    get: (id) => byId.get(id),
    next: (id) => {
      const index = scenarios.findIndex((scenario) => scenario.id === id);
      const next = index < 0 ? undefined : scenarios[index + 1];
      return next?.chapter === scenarios[index]?.chapter ? next : undefined;
    },
  };
}

const difficulties = ['easy', 'medium', 'hard'];

function inCourseOrder(a: Scenario, b: Scenario): number {
  return (
    chapterIndex(a.chapter) - chapterIndex(b.chapter) ||
    difficulties.indexOf(a.definition.difficulty) - difficulties.indexOf(b.definition.difficulty) ||
    a.definition.minutes - b.definition.minutes ||
    a.id.localeCompare(b.id)
  );
}

function chapterIndex(chapter: Chapter): number {
  return chapters.indexOf(chapter);
}
