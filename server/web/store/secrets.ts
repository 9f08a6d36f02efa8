/** Random keys that must stay the same through restarts. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const secretBytes = 32;
const rowSchema = z.object({ value: z.instanceof(Uint8Array) });

export interface SecretTable {
  /** Made when it is asked for the first time. */
  get: (name: 'cookies' | 'previews') => Buffer;
}

export function createSecretTable(database: DatabaseSync): SecretTable {
  const insert = database.prepare(
    'INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const select = database.prepare('SELECT value FROM secrets WHERE name = ?');
  return {
    get: (name) => {
      insert.run(name, randomBytes(secretBytes));
      return Buffer.from(rowSchema.parse(select.get(name)).value);
    },
  };
}
