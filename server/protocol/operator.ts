/**
 * What the operator's page and `npm run lab -- drain` say to the web server. In local mode whoever is there is the
 * operator; in multi mode who has OPERATOR_TOKEN, by the cookie that signing in gives or as `Authorization: Bearer TOKEN`.
 * Where that is not set there is no such page (404).
 *
 *   POST   /api/operator/session {token}       {}: sets the cookie; 403 `wrong_token`
 *   DELETE /api/operator/session               {}: signs out
 *   GET    /api/operator                       OperatorState; 401 `operator_only` before signing in
 *   POST   /api/operator/drain {on}            {draining}
 *   POST   /api/operator/labs/:id/end {message}  {}: the learner is told, and can reset it
 */
import { z } from 'zod';
import { labPhaseSchema } from './api.ts';
import { labIdSchema, scenarioIdSchema } from './ids.ts';

export const signInSchema = z.strictObject({ token: z.string().max(1024) });
export const drainRequestSchema = z.strictObject({ on: z.boolean() });
export const drainAnswerSchema = z.strictObject({ draining: z.boolean() });
/** Shown to the learner as it is. */
export const endRequestSchema = z.strictObject({ message: z.string().max(500).default('') });

/** One learner's lab. All times in milliseconds since 1970, sizes in bytes. */
export const operatorLabSchema = z.strictObject({
  id: labIdSchema,
  /** Tells learners apart and says nothing about them. */
  owner: z.string(),
  scenario: scenarioIdSchema,
  state: labPhaseSchema,
  reason: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  /** Undefined while the lab has no machine, or that cannot be asked. */
  usage: z
    .strictObject({
      memory: z.number(),
      memoryMax: z.number(),
      disk: z.number(),
      diskMax: z.number(),
      pids: z.number(),
    })
    .optional(),
  /** Terminal sockets that are open. */
  terminals: z.number().int(),
  /** When somebody last typed, looked or checked. */
  activeAt: z.number(),
  solved: z.boolean(),
});
export type OperatorLab = z.infer<typeof operatorLabSchema>;

const readyOf = z.strictObject({ ready: z.number().int(), wanted: z.number().int() });

export const operatorStateSchema = z.strictObject({
  version: z.string(),
  /** Undefined: new labs are made. */
  drainingSince: z.number().optional(),
  /** Whether there is something to sign out of. */
  signedIn: z.boolean(),
  labs: z.array(operatorLabSchema),
  queued: z.number().int(),
  pool: z.strictObject({ blank: readyOf, broken: readyOf }),
  labHost: z.strictObject({
    up: z.boolean(),
    /** Why it is not. */
    reason: z.string(),
    facts: z
      .strictObject({
        version: z.string(),
        kind: z.string(),
        engine: z.string(),
        cgroup: z.string(),
        ownUsers: z.boolean(),
        labs: z.number().int(),
        free: z.number().int(),
        limitedBy: z.string(),
        memoryFree: z.number(),
        diskFree: z.number(),
      })
      .optional(),
  }),
});
export type OperatorState = z.infer<typeof operatorStateSchema>;
