/** Where the lab host runs, by what the kernel says of this process. */
import { readFileSync, readlinkSync } from 'node:fs';

/** What the kernel numbers the machine's own process namespace with (include/uapi/linux/nsfs.h). */
const machineProcesses = 'pid:[4026531836]';

/** In a container of somebody's engine, whatever that may do; not merely on a disk that once was a container's. */
export function inContainer(): boolean {
  return readlinkSync('/proc/self/ns/pid') !== machineProcesses;
}

/** How many users there are, from 0 on: 4,294,967,295 on a machine, what the engine maps in a container of its own users. */
export function usersHere(map = readFileSync('/proc/self/uid_map', 'utf8')): number {
  const ranges = map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .sort(([a = 0], [b = 0]) => a - b);
  return ranges.reduce((end, [inside = 0, , count = 0]) => (inside === end ? end + count : end), 0);
}

/** Root of a user namespace: the kernel lets it mount no file system that lies on a block device. */
export function inUserNamespace(): boolean {
  return usersHere() < 2 ** 32 - 1;
}
