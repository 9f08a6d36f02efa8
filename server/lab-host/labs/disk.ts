/**
 * A lab's disk: it ends all that a lab can write, without quotas in the kernel. A sparse file with a file system of its own,
 * mounted on the lab host; where no file can be mounted (disk-kind.ts), a piece of memory of a fixed size. Both are copies
 * of a ready template, so no lab pays for `mkfs` or for filling it.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isMountPoint } from '../engine/mounts.ts';
import { runCommand } from '../engine/run-command.ts';
import type { LabHostPaths } from '../paths.ts';
import { diskBytes, memoryDiskInodes, type DiskKind } from './disk-kind.ts';

export interface LabDisk extends AsyncDisposable {
  kind: DiskKind | 'folder';
  /** Becomes the lab's /var/lib/docker. */
  docker: string;
  /** Holds the upper layer of the lab's root. */
  root: string;
}

/** What a disk is a copy of: a file with a file system, a tar, or (the images' builder's, without an end) a folder. */
export interface DiskTemplate {
  kind: LabDisk['kind'];
  path: string;
}

export interface MakeDisk {
  paths: LabHostPaths;
  id: string;
  template: DiskTemplate;
  signal: AbortSignal;
  /** Shows the mount at `from` with the lab's users as owners at `to`; without it, owners are as on disk. */
  show?: ((from: string, to: string) => Promise<void>) | undefined;
}

export async function makeDisk({ paths, id, template, signal, show }: MakeDisk): Promise<LabDisk> {
  await mkdir(paths.disks, { recursive: true, mode: 0o711 });
  const mountPoint = join(paths.disks, id);
  try {
    await mkdir(mountPoint, { recursive: true });
    const fill = filler(template, `${mountPoint}.img`, signal);
    if (show === undefined) await fill(mountPoint);
    else {
      const asOnDisk = `${mountPoint}.mnt`;
      await mkdir(asOnDisk, { mode: 0o700 });
      await fill(asOnDisk);
      await show(asOnDisk, mountPoint);
      await runCommand('umount', ['-l', asOnDisk]);
      await rmdir(asOnDisk);
    }
  } catch (error) {
    await removeDisk(paths, id);
    throw error;
  }
  return diskOf(paths, id, template.kind);
}

/** Puts the disk, filled, at a folder that is there. */
function filler(
  { kind, path }: DiskTemplate,
  image: string,
  signal: AbortSignal,
): (at: string) => Promise<void> {
  const run = async (program: string, args: string[]): Promise<void> => {
    await runCommand(program, args, { signal });
  };
  return async (at) => {
    if (kind === 'folder') await run('cp', ['-a', `${path}/.`, at]);
    else if (kind === 'file') {
      await run('cp', ['--sparse=always', '--reflink=auto', path, image]);
      await run('mount', ['-o', 'loop,nodev,noatime', image, at]);
    } else {
      const limits = `size=${String(diskBytes.memory)},nr_inodes=${String(memoryDiskInodes)}`;
      await run('mount', ['-t', 'tmpfs', '-o', `${limits},nodev,noatime,mode=711`, 'lab-disk', at]);
      await run('tar', [
        '-C',
        at,
        '--numeric-owner',
        '--xattrs',
        '--xattrs-include=*',
        '-xpf',
        path,
      ]);
    }
  };
}

export function diskOf(paths: LabHostPaths, id: string, kind: LabDisk['kind']): LabDisk {
  const mountPoint = join(paths.disks, id);
  return {
    kind,
    docker: join(mountPoint, 'docker'),
    root: join(mountPoint, 'disk'),
    [Symbol.asyncDispose]: () => removeDisk(paths, id),
  };
}

/** Whatever of the disk is left, of whichever kind: mount, mount point, file. */
export async function removeDisk(paths: LabHostPaths, id: string): Promise<void> {
  const mountPoint = join(paths.disks, id);
  for (const path of [`${mountPoint}.mnt`, mountPoint]) {
    if (!existsSync(path)) continue;
    await runCommand('umount', ['-l', path]).catch(() => '');
    await rmdir(path).catch(() => undefined);
    // Never what a mount shows. The builder's is a folder.
    if (existsSync(path) && !isMountPoint(path)) await rm(path, { recursive: true });
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

/** Bytes that the disk takes on the machine now: of its file, or of memory. */
export async function diskAllocated(
  paths: LabHostPaths,
  id: string,
  kind: DiskKind,
): Promise<number> {
  if (kind === 'memory')
    return isMountPoint(join(paths.disks, id)) ? (await diskUse(paths, id)).used : 0;
  return stat(`${join(paths.disks, id)}.img`).then(
    (facts) => facts.blocks * 512,
    () => 0,
  );
}
