/** A lab's own cgroup on the lab host, whichever version of cgroups it has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../engine/run-command.ts';

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

/** The directories of a cgroup: one on v2, one for each controller on v1. */
export function cgroupDirs(...path: string[]): string[] {
  const parents =
    cgroupVersion() === 'v2' ? [root] : readdirSync(root).map((name) => join(root, name));
  return parents.map((parent) => join(parent, ...path)).filter((dir) => existsSync(dir));
}

/**
 * What is left of a cgroup whose processes have ended. Its files cannot be removed and need not be: a cgroup goes by rmdir,
 * innermost first. `find` goes down step by step, so that no path is too long for it, as the runtime's is.
 */
export async function removeCgroups(...path: string[]): Promise<void> {
  for (const dir of cgroupDirs(...path))
    await runCommand('find', [dir, '-depth', '-type', 'd', '-delete']).catch(() => '');
}
