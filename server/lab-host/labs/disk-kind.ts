/**
 * What labs' disks can be here. Mounting a file takes loop devices and a kernel that trusts who mounts it; root of a user
 * namespace may not. Memory is bounded as hard, but whatever a lab has written to its disk is memory of the machine.
 */
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../engine/run-command.ts';
import type { LabHostPaths } from '../paths.ts';

export type DiskKind = 'file' | 'memory';

/**
 * What one lab may write at most. Of a file it is the template's size. Memory is dearer, and every lab is promised all of
 * its disk: half, which is still several times what any scenario writes, lets twice as many labs in.
 */
export const diskBytes: Record<DiskKind, number> = { file: 2 * 1024 ** 3, memory: 1024 ** 3 };

/** As many as the file has; each takes a kilobyte of the kernel's memory, which counts as the lab's. */
export const memoryDiskInodes = 131_072;

/** Asked of the kernel, by mounting the smallest disk there is. Throws if programs are missing. */
export async function diskKind(paths: LabHostPaths): Promise<DiskKind> {
  await mkdir(paths.runDir, { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(paths.runDir, 'disk-probe-'));
  const image = join(folder, 'img');
  const mountPoint = join(folder, 'mnt');
  try {
    await mkdir(mountPoint);
    await writeFile(image, '');
    await truncate(image, 1024 ** 2);
    await runCommand('mke2fs', ['-q', '-F', '-t', 'ext4', '-O', '^has_journal', image]);
    const mounted = await runCommand('mount', ['-o', 'loop,nodev', image, mountPoint]).then(
      () => true,
      () => false,
    );
    if (mounted) await runCommand('umount', ['-l', mountPoint]);
    return mounted ? 'file' : 'memory';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
