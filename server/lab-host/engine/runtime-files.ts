/** Puts what the engine runs as root where the checkout's moving or going cannot pull it away. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  existsSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { isMountPoint } from './mounts.ts';
import { runCommand } from './run-command.ts';

const source = join(import.meta.dirname, '..', 'runtime');

export async function installRuntimeFiles(paths: LabHostPaths): Promise<void> {
  mkdirSync(paths.runtime, { recursive: true, mode: 0o755 });
  for (const name of ['lab-runc', 'delegate', 'enter', 'join-cgroups', 'seccomp.json']) {
    const target = join(paths.runtime, name);
    copyFileSync(join(source, name), `${target}.new`);
    // A copy keeps the owner of the checkout, who is not to change what root runs.
    chownSync(`${target}.new`, 0, 0);
    chmodSync(`${target}.new`, 0o755);
    renameSync(`${target}.new`, target);
  }
  mkdirSync(paths.devices, { recursive: true, mode: 0o755 });
  // Passed by --device they would arrive with the machine's own mode, which shuts the lab's root out.
  await makeNode(join(paths.devices, 'fuse'), '229', '/dev/fuse');
  await makeNode(join(paths.devices, 'tun'), '200', '/dev/net/tun');
}

/** Where no device can be made (in a user namespace), the one that this container was given. */
async function makeNode(path: string, minor: string, given: string): Promise<void> {
  if (isMountPoint(path)) return;
  if (!existsSync(path)) {
    const made = await runCommand('mknod', [path, 'c', '10', minor]).then(
      () => true,
      () => false,
    );
    if (!made) {
      await showNode(path, given);
      return;
    }
  }
  chmodSync(path, 0o666);
}

async function showNode(path: string, given: string): Promise<void> {
  const mode = existsSync(given) ? statSync(given).mode & 0o777 : undefined;
  if (mode === undefined || (mode & 0o006) !== 0o006) {
    const state = mode === undefined ? 'missing' : `of mode ${mode.toString(8)}`;
    throw new Error(
      `${given} is ${state}. Labs need it, and no device can be made here: give this container one of mode 666.`,
    );
  }
  writeFileSync(path, '');
  try {
    await runCommand('mount', ['--bind', given, path]);
  } catch (error) {
    rmSync(path);
    throw error;
  }
}
