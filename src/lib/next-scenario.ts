// Ships to the browser.
/** Which scenario comes next for a learner. */
import type { ScenarioSummary } from '../../server/protocol/api.ts';

type Entry = Pick<ScenarioSummary, 'id' | 'chapter' | 'title' | 'progress'>;

/** The next one in the order of the course that is not solved yet: of its own chapter if that has one, else after it. */
export function nextScenario<T extends Entry>(course: readonly T[], after: string): T | undefined {
  const index = course.findIndex(({ id }) => id === after);
  const onward = [...course.slice(index + 1), ...course.slice(0, Math.max(0, index))];
  const open = onward.filter(({ progress }) => progress !== 'solved');
  const chapter = course[index]?.chapter;
  return open.find((entry) => entry.chapter === chapter) ?? open[0];
}

/** Where somebody goes on who comes back: what was begun, else what follows the last one solved. */
export function resumedScenario<T extends Entry>(course: readonly T[]): T | undefined {
  const begun = course.find(({ progress }) => progress === 'started');
  const last = course.findLast(({ progress }) => progress === 'solved');
  return begun ?? (last && nextScenario(course, last.id));
}
