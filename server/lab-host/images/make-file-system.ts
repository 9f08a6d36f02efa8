import { open } from 'node:fs/promises';
import { runLogged } from './run-logged.ts';
import type { StepLog } from './build-step.ts';

/**
 * A sparse file with an ext4 that holds a copy of `from`, owners and attributes kept, without a mount.
 *
 * No journal: a lab's disk is thrown away after a crash. Nothing is reserved for the machine's root. The inode tables
 * are written as zeros and then taken out of the file again, so that copies stay small and no kernel thread zeroes
 * 32 MB in each lab after it was mounted.
 */
export async function makeFileSystem(
  file: string,
  content: { bytes: number; from: string },
  run: { log: StepLog; signal: AbortSignal },
): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  await handle.truncate(content.bytes);
  await handle.close();
  await runLogged(
    'mke2fs',
    [
      ...['-q', '-F', '-t', 'ext4', '-O', '^has_journal,^resize_inode', '-m', '0'],
      ...['-E', 'lazy_itable_init=0', '-d', content.from, file],
    ],
    run,
  );
  await runLogged('fallocate', ['--dig-holes', file], run);
}
