/** Labs that wait for a learner. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { flag } from './columns.ts';

const poolRowSchema = z
  .object({
    agent_id: z.string(),
    scenario: z.string().nullable(),
    seed: z.number().nullable(),
    ready: flag,
    created_at: z.number(),
  })
  .transform((row) => ({
    agentId: row.agent_id,
    /** What it is broken for; null for a blank one. */
    broken: row.scenario === null ? null : { scenario: row.scenario, seed: row.seed ?? 0 },
    ready: row.ready,
    createdAt: row.created_at,
  }));
export type PoolRecord = z.output<typeof poolRowSchema>;

export interface PoolTable {
  all: () => PoolRecord[];
  save: (lab: PoolRecord) => void;
  remove: (agentId: string) => void;
}

export function createPoolTable(database: DatabaseSync): PoolTable {
  const select = database.prepare('SELECT * FROM pool ORDER BY created_at, rowid');
  const upsert = database.prepare('INSERT OR REPLACE INTO pool VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM pool WHERE agent_id = ?');
  return {
    all: () => select.all().map((row) => poolRowSchema.parse(row)),
    save: ({ agentId, broken, ready, createdAt }) =>
      void upsert.run(
        agentId,
        broken?.scenario ?? null,
        broken?.seed ?? null,
        Number(ready),
        createdAt,
      ),
    remove: (agentId) => void remove.run(agentId),
  };
}
