/** The files of a lab's own cgroup on the lab host, whichever version of cgroups it has. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

export function cgroupVersion(): 'v1' | 'v2' {
  return existsSync(join(root, 'cgroup.controllers')) ? 'v2' : 'v1';
}

/** `cgroup` below the root of a hierarchy. Undefined where the kernel has no such file. `v1` is `controller/file`, `v2` the file alone. */
export function readCgroup(cgroup: string, file: { v1: string; v2: string }): string | undefined {
  const [controller = '', name = ''] = file.v1.split('/');
  const path =
    cgroupVersion() === 'v2' ? join(root, cgroup, file.v2) : join(root, controller, cgroup, name);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The value of one line of a `key value` file. */
export function keyed(text: string | undefined, key: string): number {
  const match = text?.split('\n').find((line) => line.startsWith(`${key} `));
  return Number(match?.slice(key.length + 1) ?? 0);
}
