/**
 * A lab's disk: a sparse file with a file system of its own, mounted on the lab host. It ends all that a lab can write,
 * without quotas in the kernel. Copies of a ready template, so no lab pays for `mkfs` or for filling it.
 */
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../engine/run-command.ts';
import type { LabHostPaths } from '../paths.ts';

/** What one lab may write at most; the template's size. */
export const diskBytes = 2 * 1024 ** 3;

export interface LabDisk extends AsyncDisposable {
  /** Becomes the lab's /var/lib/docker. */
  docker: string;
  /** Holds the upper layer of the lab's root. */
  root: string;
}

export async function makeDisk(
  paths: LabHostPaths,
  id: string,
  template: string,
  signal?: AbortSignal,
): Promise<LabDisk> {
  await mkdir(paths.disks, { recursive: true, mode: 0o711 });
  const image = `${join(paths.disks, id)}.img`;
  await runCommand('cp', ['--sparse=always', '--reflink=auto', template, image], { signal });
  return mountDisk(paths, id);
}

async function mountDisk(paths: LabHostPaths, id: string): Promise<LabDisk> {
  const mountPoint = join(paths.disks, id);
  await mkdir(mountPoint, { recursive: true });
  try {
    await runCommand('mount', ['-o', 'loop,nodev,noatime', `${mountPoint}.img`, mountPoint]);
  } catch (error) {
    await removeDisk(paths, id);
    throw error;
  }
  return diskOf(paths, id);
}

export function diskOf(paths: LabHostPaths, id: string): LabDisk {
  const mountPoint = join(paths.disks, id);
  return {
    docker: join(mountPoint, 'docker'),
    root: join(mountPoint, 'disk'),
    [Symbol.asyncDispose]: () => removeDisk(paths, id),
  };
}

/** Whatever of the disk is left: mount, mount point, file. */
export async function removeDisk(paths: LabHostPaths, id: string): Promise<void> {
  const mountPoint = join(paths.disks, id);
  await runCommand('umount', ['-l', mountPoint]).catch(() => '');
  await rm(`${mountPoint}.img`, { force: true });
  await rm(mountPoint, { recursive: false, force: true }).catch(() =>
    runCommand('rmdir', [mountPoint]).catch(() => ''),
  );
}

/** Bytes in use and bytes in all. */
export async function diskUse(
  paths: LabHostPaths,
  id: string,
): Promise<{ used: number; size: number }> {
  const facts = await statfs(join(paths.disks, id));
  return { used: (facts.blocks - facts.bfree) * facts.bsize, size: facts.blocks * facts.bsize };
}

/** Bytes that the disk's file takes on the machine now. */
export async function diskAllocated(paths: LabHostPaths, id: string): Promise<number> {
  return stat(`${join(paths.disks, id)}.img`).then(
    (facts) => facts.blocks * 512,
    () => 0,
  );
}
