/**
 * What must outlive the web server: labs, progress, the pool, secrets. Rows in, records out; knows nothing of what
 * they mean. Every write is on its way to the disk when the call returns, so that a kill loses none.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LabTable } from './labs.ts';
import { createLabTable } from './labs.ts';
import { migrate } from './migrate.ts';
import type { PoolTable } from './pool.ts';
import { createPoolTable } from './pool.ts';
import type { ProgressTable } from './progress.ts';
import { createProgressTable } from './progress.ts';
import type { SecretTable } from './secrets.ts';
import { createSecretTable } from './secrets.ts';
import type { SwitchTable } from './switches.ts';
import { createSwitchTable } from './switches.ts';

export { backupStore } from './backup.ts';
export type { LabRecord, LabTable } from './labs.ts';
export type { PoolRecord, PoolTable } from './pool.ts';
export type { SwitchTable } from './switches.ts';
export type { ProgressRecord, ProgressTable } from './progress.ts';

export interface Store extends Disposable {
  labs: LabTable;
  progress: ProgressTable;
  pool: PoolTable;
  secrets: SecretTable;
  switches: SwitchTable;
}

/** Another process that writes (a second server by mistake, a backup) is waited for so long. */
const busyTimeoutMs = 5_000;

/** `folder` is made if it is not there; `:memory:` keeps nothing. */
export function openStore(folder: string): Store {
  if (folder !== ':memory:') mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(
    folder === ':memory:' ? folder : join(folder, 'drydock.sqlite'),
    {
      timeout: busyTimeoutMs,
    },
  );
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;',
  );
  migrate(database);
  return {
    labs: createLabTable(database),
    progress: createProgressTable(database),
    pool: createPoolTable(database),
    secrets: createSecretTable(database),
    switches: createSwitchTable(database),
    [Symbol.dispose]: () => database.close(),
  };
}
