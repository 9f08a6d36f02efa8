/**
 * A lab's disk: a sparse file with a file system of its own, mounted on the lab host. It ends all that a lab can write,
 * without quotas in the kernel. Copies of a ready template, so no lab pays for `mkfs` or for filling it.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, stat, statfs } from 'node:fs/promises';
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

export interface MakeDisk {
  paths: LabHostPaths;
  id: string;
  template: string;
  signal: AbortSignal;
  /** Shows the mount at `from` with the lab's users as owners at `to`; without it, owners are as on disk. */
  show?: ((from: string, to: string) => Promise<void>) | undefined;
}

export async function makeDisk({ paths, id, template, signal, show }: MakeDisk): Promise<LabDisk> {
  await mkdir(paths.disks, { recursive: true, mode: 0o711 });
  const image = `${join(paths.disks, id)}.img`;
  await runCommand('cp', ['--sparse=always', '--reflink=auto', template, image], { signal });
  return mountDisk(paths, id, show);
}

async function mountDisk(
  paths: LabHostPaths,
  id: string,
  show: MakeDisk['show'],
): Promise<LabDisk> {
  const mountPoint = join(paths.disks, id);
  await mkdir(mountPoint, { recursive: true });
  const mount = (at: string): Promise<string> =>
    runCommand('mount', ['-o', 'loop,nodev,noatime', `${mountPoint}.img`, at]);
  try {
    if (show === undefined) await mount(mountPoint);
    else {
      const asOnDisk = `${mountPoint}.mnt`;
      await mkdir(asOnDisk, { mode: 0o700 });
      await mount(asOnDisk);
      await show(asOnDisk, mountPoint);
      await runCommand('umount', ['-l', asOnDisk]);
      await rmdir(asOnDisk);
    }
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
  for (const path of [`${mountPoint}.mnt`, mountPoint]) {
    if (!existsSync(path)) continue;
    await runCommand('umount', ['-l', path]).catch(() => '');
    await rmdir(path).catch(() => undefined);
  }
  await rm(`${mountPoint}.img`, { force: true });
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
