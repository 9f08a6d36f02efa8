/** `lab backup FILE`: progress and secrets in one file, while all runs. */
import { chmodSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../config.ts';
import { reasonOf } from '../../errors.ts';
import { backupStore } from '../../web/store/index.ts';
import { CannotRun } from '../cannot-run.ts';
import { say } from '../progress.ts';

export function backup(name: string): void {
  const { stateDir } = loadConfig();
  const file = resolve(name);
  // It has the keys that cookies are signed with.
  const before = process.umask(0o077);
  try {
    backupStore(join(stateDir, 'web'), file);
    chmodSync(file, 0o600);
  } catch (error) {
    const todo =
      'Name a file that is not there yet, and see that STATE_DIR is the one of the server.';
    throw new CannotRun(`Nothing was backed up. ${reasonOf(error)}`, todo, error);
  } finally {
    process.umask(before);
  }
  say(`${file}: ${String(statSync(file).size)} bytes. To restore it, see the page on backup.`);
}
