/** Scenarios at build time, in the order in which one would take them. */
import { getCollection, type CollectionEntry } from 'astro:content';
import { courseChapters, type ChapterInfo } from './chapters.ts';

export type Scenario = CollectionEntry<'scenarios'>;

const difficulties = ['easy', 'medium', 'hard'];

export async function scenariosOf(chapter: string): Promise<Scenario[]> {
  return (await allScenarios()).filter(({ data }) => data.chapter === chapter);
}

export async function scenariosByChapter(): Promise<
  { chapter: ChapterInfo; scenarios: Scenario[] }[]
> {
  const all = await allScenarios();
  return courseChapters
    .map((chapter) => ({
      chapter,
      scenarios: all.filter(({ data }) => data.chapter === chapter.id),
    }))
    .filter(({ scenarios }) => scenarios.length > 0);
}

/** Where somebody new begins: the first easy one of the course. */
export async function firstScenario(): Promise<Scenario | undefined> {
  const inOrder = (await scenariosByChapter()).flatMap(({ scenarios }) => scenarios);
  return inOrder.find(({ data }) => data.difficulty === 'easy') ?? inOrder[0];
}

async function allScenarios(): Promise<Scenario[]> {
  const all = await getCollection('scenarios');
  return all.sort(
    (a, b) =>
      difficulties.indexOf(a.data.difficulty) - difficulties.indexOf(b.data.difficulty) ||
      a.data.minutes - b.data.minutes ||
      a.id.localeCompare(b.id),
  );
}
