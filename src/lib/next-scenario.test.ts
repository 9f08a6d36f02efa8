import { describe, expect, it } from 'vitest';
import type { ScenarioSummary } from '../../server/protocol/api.ts';
import { nextScenario, resumedScenario } from './next-scenario.ts';

type Progress = ScenarioSummary['progress'];

const course = (...progress: Progress[]) =>
  (['images/a', 'images/b', 'networking/a', 'networking/b'] as const).map((id, index) => ({
    id,
    title: id,
    chapter: id.startsWith('images') ? ('images' as const) : ('networking' as const),
    progress: progress[index] ?? 'new',
  }));

describe('nextScenario', () => {
  it('is the next of the chapter that is not solved', () => {
    expect(nextScenario(course('solved'), 'images/a')?.id).toBe('images/b');
  });

  it('goes back within the chapter before it leaves it', () => {
    expect(nextScenario(course('new', 'solved'), 'images/b')?.id).toBe('images/a');
  });

  it('goes on to the next chapter when this one is solved', () => {
    expect(nextScenario(course('solved', 'solved', 'solved'), 'images/b')?.id).toBe('networking/b');
  });

  it('is none when all are solved', () => {
    const all = course('solved', 'solved', 'solved', 'solved');
    expect(nextScenario(all, 'images/a')).toBeUndefined();
  });

  it('is none while the course is not known', () => {
    expect(nextScenario([], 'images/a')).toBeUndefined();
  });
});

describe('resumedScenario', () => {
  it('is what was begun', () => {
    expect(resumedScenario(course('solved', 'new', 'started'))?.id).toBe('networking/a');
  });

  it('is what follows the last one solved', () => {
    expect(resumedScenario(course('solved', 'solved'))?.id).toBe('networking/a');
  });

  it('is none for somebody new', () => {
    expect(resumedScenario(course())).toBeUndefined();
  });
});
