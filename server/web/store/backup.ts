import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Writes all that the store in `folder` has into one new file, while the server may be running. A copy of the file alone
 * has not what SQLite keeps in its log beside it, which can be everything. Throws if `file` exists or there is no store.
 */
export function backupStore(folder: string, file: string): void {
  const source = join(folder, 'drydock.sqlite');
  if (!existsSync(source)) throw new Error(`There is no database at ${source}.`);
  if (existsSync(file)) throw new Error(`${file} is there already.`);
  const database = new DatabaseSync(source, { readOnly: true, timeout: 5_000 });
  try {
    database.prepare('VACUUM INTO ?').run(file);
  } finally {
    database.close();
  }
}
