/** The layers of the inner images: one squashfs, mounted once, shown read-only to every lab. */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '../engine/run-command.ts';
import type { LabHostPaths } from '../paths.ts';

/** Answers the mount point; another file of layers gets another one, so that labs of the old keep theirs. */
export async function mountLayers(paths: LabHostPaths, squashfs: string): Promise<string> {
  const mountPoint = join(paths.layers, basename(dirname(squashfs)));
  mkdirSync(mountPoint, { recursive: true, mode: 0o755 });
  if (!readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${mountPoint} `)) {
    await runCommand('mount', ['-t', 'squashfs', '-o', 'ro,loop,nodev', squashfs, mountPoint]);
  }
  return mountPoint;
}
