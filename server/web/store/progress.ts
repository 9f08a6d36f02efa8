/** What a learner has done with a scenario, through all its labs. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const progressRowSchema = z
  .object({
    scenario: z.string(),
    started_at: z.number(),
    solved_at: z.number().nullable(),
    best_seconds: z.number().nullable(),
  })
  .transform((row) => ({
    scenario: row.scenario,
    startedAt: row.started_at,
    solvedAt: row.solved_at,
    bestSeconds: row.best_seconds,
  }));
export type ProgressRecord = z.output<typeof progressRowSchema>;

export interface ProgressTable {
  of: (learner: string) => ProgressRecord[];
  started: (learner: string, scenario: string, at: number) => void;
  /** Keeps the first time it was solved and the least seconds it took. */
  solved: (learner: string, scenario: string, result: { at: number; seconds: number }) => void;
}

export function createProgressTable(database: DatabaseSync): ProgressTable {
  const select = database.prepare('SELECT * FROM progress WHERE learner = ?');
  const start = database.prepare(
    'INSERT INTO progress (learner, scenario, started_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const solve = database.prepare(`
    INSERT INTO progress (learner, scenario, started_at, solved_at, best_seconds)
    VALUES (:learner, :scenario, :at, :at, :seconds)
    ON CONFLICT DO UPDATE SET
      solved_at = coalesce(solved_at, excluded.solved_at),
      best_seconds = min(coalesce(best_seconds, excluded.best_seconds), excluded.best_seconds)`);
  return {
    of: (learner) => select.all(learner).map((row) => progressRowSchema.parse(row)),
    started: (learner, scenario, at) => void start.run(learner, scenario, at),
    solved: (learner, scenario, { at, seconds }) =>
      void solve.run({ learner, scenario, at, seconds }),
  };
}
