/** Puts what the engine runs as root where the checkout's moving or going cannot pull it away. */
import { chmodSync, copyFileSync, mkdirSync, renameSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { runCommand } from './run-command.ts';

const source = join(import.meta.dirname, '..', 'runtime');

export async function installRuntimeFiles(paths: LabHostPaths): Promise<void> {
  mkdirSync(paths.runtime, { recursive: true, mode: 0o755 });
  for (const name of ['lab-runc', 'delegate', 'enter', 'seccomp.json']) {
    const target = join(paths.runtime, name);
    copyFileSync(join(source, name), `${target}.new`);
    chmodSync(`${target}.new`, 0o755);
    renameSync(`${target}.new`, target);
  }
  mkdirSync(paths.devices, { recursive: true, mode: 0o755 });
  // Passed by --device they would arrive with the machine's own mode, which shuts the lab's root out.
  await makeNode(join(paths.devices, 'fuse'), '229');
  await makeNode(join(paths.devices, 'tun'), '200');
}

async function makeNode(path: string, minor: string): Promise<void> {
  if (!existsSync(path)) await runCommand('mknod', [path, 'c', '10', minor]);
  chmodSync(path, 0o666);
}
