import { readFileSync } from 'node:fs';

/** Whether something is mounted exactly there, in the namespace of this process. */
export function isMountPoint(path: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path);
}
