/** Where a path of a container is on the machine, be it in a volume or in a bound folder; the container need not run. */
import type { LabView } from '../define-lab.ts';

/** Undefined if the container does not exist or has the path in its own layer. */
export async function hostPath(
  lab: LabView,
  container: string,
  path: string,
): Promise<string | undefined> {
  const mounts = (await lab.docker.container(container))?.mounts ?? [];
  const covering = mounts.filter(
    ({ destination }) =>
      path === destination || path.startsWith(`${destination.replace(/\/$/, '')}/`),
  );
  const deepest = covering.toSorted((a, b) => b.destination.length - a.destination.length)[0];
  return deepest && deepest.source + path.slice(deepest.destination.replace(/\/$/, '').length);
}
