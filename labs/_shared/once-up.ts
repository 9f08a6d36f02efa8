/** For effects that a container shows only a moment after its start. */
import type { ContainerView, LabView } from '../define-lab.ts';

/** How long a program may take from its start to its first answer, on a busy machine. */
const startMs = 5_000;

/**
 * Reads until `good`, but waits only while one of `containers` is freshly started: a scenario that is simply broken is
 * told at once.
 */
export async function onceUp<T>(
  lab: LabView,
  containers: (ContainerView | undefined)[],
  read: () => Promise<T>,
  good: (value: T) => boolean,
): Promise<T> {
  let last = await read();
  const withinMs = startMs - Math.min(...containers.map(ageMs));
  if (good(last) || withinMs <= 0) return last;
  const readAgain = async (): Promise<T | undefined> => {
    last = await read();
    return good(last) ? last : undefined;
  };
  return (await lab.eventually(readAgain, { withinMs })) ?? last;
}

function ageMs(container: ContainerView | undefined): number {
  const started = Date.parse(container?.startedAt ?? '');
  return Number.isNaN(started) ? Infinity : Date.now() - started;
}
