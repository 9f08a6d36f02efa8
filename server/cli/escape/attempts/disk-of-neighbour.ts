import { readFileSync } from 'node:fs';
import type { Stage } from '../stage/stage.ts';

/** Major and minor of the block device below the neighbour's disk. */
export function diskOfNeighbour({ neighbour }: Stage): [major: string, minor: string] {
  const mounts = readFileSync(`/proc/${String(neighbour.initPid)}/mountinfo`, 'utf8');
  const [, major, minor] = /^\d+ \d+ (\d+):(\d+) \S+ \/var\/lib\/docker /m.exec(mounts) ?? [];
  if (major === undefined || minor === undefined) throw new Error('The neighbour has no disk.');
  return [major, minor];
}
