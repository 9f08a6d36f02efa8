/** Learners' labs. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { hintViewSchema, labPhaseSchema } from '../../protocol/api.ts';
import { verdictSchema } from '../../protocol/verdict.ts';
import { flag, jsonOf } from './columns.ts';

const labRowSchema = z
  .object({
    id: z.string(),
    owner: z.string(),
    scenario: z.string(),
    seed: z.number(),
    agent_id: z.string().nullable(),
    phase: labPhaseSchema,
    reason: z.string(),
    created_at: z.number(),
    started_at: z.number(),
    expires_at: z.number(),
    solved: flag,
    verdict: jsonOf(verdictSchema).nullable(),
    hints: jsonOf(z.array(hintViewSchema)),
    tries: z.number(),
    first_input_at: z.number().nullable(),
    solution_seen: flag,
  })
  .transform((row) => ({
    /** The public id, the same through resets. */
    id: row.id,
    owner: row.owner,
    scenario: row.scenario,
    seed: row.seed,
    /** The lab host's id of the lab that is behind it now. */
    agentId: row.agent_id,
    phase: row.phase,
    reason: row.reason,
    createdAt: row.created_at,
    /** Since when its time runs: creation, or the last reset. */
    startedAt: row.started_at,
    expiresAt: row.expires_at,
    solved: row.solved,
    verdict: row.verdict,
    hints: row.hints,
    /** How often it was checked by the button. */
    tries: row.tries,
    firstInputAt: row.first_input_at,
    solutionSeen: row.solution_seen,
  }));
export type LabRecord = z.output<typeof labRowSchema>;

export interface LabTable {
  all: () => LabRecord[];
  /** Inserts it, or replaces the one of the same id. */
  save: (lab: LabRecord) => void;
  remove: (id: string) => void;
}

export function createLabTable(database: DatabaseSync): LabTable {
  const select = database.prepare('SELECT * FROM labs ORDER BY created_at, rowid');
  const upsert = database.prepare(upsertSql);
  const remove = database.prepare('DELETE FROM labs WHERE id = ?');
  return {
    all: () => select.all().map((row) => labRowSchema.parse(row)),
    save: (lab) => void upsert.run(toRow(lab)),
    remove: (id) => void remove.run(id),
  };
}

const columns = [
  ...[
    'id',
    'owner',
    'scenario',
    'seed',
    'agent_id',
    'phase',
    'reason',
    'created_at',
    'started_at',
    'expires_at',
  ],
  ...['solved', 'verdict', 'hints', 'tries', 'first_input_at', 'solution_seen'],
];

const upsertSql = `
  INSERT INTO labs (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})
  ON CONFLICT (id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`;

function toRow(lab: LabRecord): Record<string, string | number | null> {
  return {
    id: lab.id,
    owner: lab.owner,
    scenario: lab.scenario,
    seed: lab.seed,
    agent_id: lab.agentId,
    phase: lab.phase,
    reason: lab.reason,
    created_at: lab.createdAt,
    started_at: lab.startedAt,
    expires_at: lab.expiresAt,
    solved: Number(lab.solved),
    verdict: lab.verdict && JSON.stringify(lab.verdict),
    hints: JSON.stringify(lab.hints),
    tries: lab.tries,
    first_input_at: lab.firstInputAt,
    solution_seen: Number(lab.solutionSeen),
  };
}
