/** The layers of the inner images: one squashfs, mounted once, shown read-only to every lab. */
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isMountPoint } from '../engine/mounts.ts';
import { runCommand } from '../engine/run-command.ts';
import { serveSquashfs } from '../engine/squashfs-servers.ts';
import type { LabHostPaths } from '../paths.ts';

export interface MountedLayers {
  mountPoint: string;
  /** By the kernel, or by a program where the kernel does not let us. */
  by: 'kernel' | 'program';
}

/** Another file of layers gets another mount point, so that labs of the old keep theirs. */
export async function mountLayers(paths: LabHostPaths, squashfs: string): Promise<MountedLayers> {
  const mountPoint = join(paths.layers, basename(dirname(squashfs)));
  if (isMountPoint(mountPoint) && !answers(mountPoint)) {
    // Its program has ended; labs that have it in sight keep a dead one.
    await runCommand('umount', ['-l', mountPoint]);
  }
  if (!isMountPoint(mountPoint)) {
    mkdirSync(mountPoint, { recursive: true, mode: 0o755 });
    const refused = await mountByKernel(squashfs, mountPoint);
    if (refused !== undefined) await serveSquashfs(squashfs, mountPoint, refused);
  }
  const type = await runCommand('stat', ['--file-system', '--format=%T', mountPoint]);
  return { mountPoint, by: type.trim() === 'squashfs' ? 'kernel' : 'program' };
}

/** Answers why not. */
async function mountByKernel(squashfs: string, mountPoint: string): Promise<string | undefined> {
  return runCommand('mount', ['-t', 'squashfs', '-o', 'ro,loop,nodev', squashfs, mountPoint]).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

function answers(mountPoint: string): boolean {
  try {
    readdirSync(mountPoint);
    return true;
  } catch {
    return false;
  }
}
