/**
 * Whether `runc exec` puts a process into its lab's cgroups. In a user namespace on cgroup v1 it does not, and says
 * nothing: what it cannot join there it leaves. Then whoever enters a lab joins them first, by a program that costs a
 * millisecond or two (runtime/join-cgroups).
 */
import { existsSync, readFileSync } from 'node:fs';
import type { LabHostPaths } from '../paths.ts';

export type EntryWay = 'direct' | 'joined';

/** Until it is known, joining is right everywhere; it only counts runc itself as the lab's for a moment. */
export function entryWay({ entryWay: file }: LabHostPaths): EntryWay {
  return existsSync(file) && readFileSync(file, 'utf8') === 'direct' ? 'direct' : 'joined';
}

/** `/proc/self/cgroup` as a lab sees it, whose own cgroup is the root: what is outside begins with `/..`. */
export function landsInside(membership: string): boolean {
  const lines = membership.trim().split('\n');
  return lines[0] !== '' && lines.every((line) => !line.includes(':/..'));
}
