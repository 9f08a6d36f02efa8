/** Brings a database up to the newest migration; `user_version` counts those it has had. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { migrations } from './migrations.ts';

const versionSchema = z.object({ user_version: z.number() });

export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  const { user_version: done } = versionSchema.parse(database.prepare('PRAGMA user_version').get());
  if (done > steps.length) {
    throw new Error(
      `The database is of a newer Drydock (version ${done}, this one knows ${steps.length}): update it.`,
    );
  }
  steps.slice(done).forEach((sql, index) => {
    database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${done + index + 1}; COMMIT;`);
  });
}
