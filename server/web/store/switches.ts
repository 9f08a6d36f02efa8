/** What an operator has switched. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { jsonOf } from './columns.ts';

/** No labs are made any more, since `at`, for the update of this version. */
const drainSchema = z.strictObject({ at: z.number(), version: z.string() });
export type DrainRecord = z.infer<typeof drainSchema>;

const rowSchema = z.object({ value: jsonOf(drainSchema) });

export interface SwitchTable {
  drain: () => DrainRecord | undefined;
  setDrain: (drain: DrainRecord | undefined) => void;
}

export function createSwitchTable(database: DatabaseSync): SwitchTable {
  const select = database.prepare("SELECT value FROM switches WHERE name = 'drain'");
  const remove = database.prepare("DELETE FROM switches WHERE name = 'drain'");
  const save = database.prepare(
    "INSERT INTO switches (name, value) VALUES ('drain', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  return {
    drain: () => {
      const row = select.get();
      return row && rowSchema.parse(row).value;
    },
    setDrain: (drain) => void (drain ? save.run(JSON.stringify(drain)) : remove.run()),
  };
}
