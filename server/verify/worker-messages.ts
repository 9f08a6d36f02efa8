/** What the judge and its workers say to each other. */
import { z } from 'zod';
import { labIdSchema, scenarioIdSchema } from '../protocol/ids.ts';
import { checkKindSchema, checkResultSchema } from '../protocol/verdict.ts';

const subject = {
  job: z.number().int(),
  labId: labIdSchema,
  scenario: scenarioIdSchema,
  seed: z.number().int(),
};

export const toWorkerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('check'), ...subject, only: z.array(z.string()).optional() }),
  z.strictObject({ type: z.literal('hint'), ...subject, taken: z.array(z.number().int()) }),
  z.strictObject({ type: z.literal('cancel'), job: z.number().int() }),
]);
export type ToWorker = z.infer<typeof toWorkerSchema>;
export type Job = Exclude<ToWorker, { type: 'cancel' }>;

export const plannedCheckSchema = z.strictObject({
  id: z.string(),
  kind: checkKindSchema,
  title: z.string(),
});
export type PlannedCheck = z.infer<typeof plannedCheckSchema>;

export const nextHintSchema = z.strictObject({
  /** Place in the scenario's list, from 0. */
  index: z.number().int(),
  text: z.string(),
});
export type NextHint = z.infer<typeof nextHintSchema>;

export const faultSchema = z.strictObject({
  /** The lab host's id of the lab, as in agent.log. */
  machine: z.string(),
  scenario: z.string(),
  check: z.string(),
  stack: z.string(),
});
export type Fault = z.infer<typeof faultSchema>;

export const fromWorkerSchema = z.discriminatedUnion('type', [
  /** Sent all the while there is work: a worker that is silent hangs. */
  z.strictObject({ type: z.literal('alive') }),
  /** What will be checked, so that there is something to call unknown if the worker is lost. */
  z.strictObject({
    type: z.literal('planned'),
    job: z.number().int(),
    checks: z.array(plannedCheckSchema),
  }),
  z.strictObject({
    type: z.literal('checked'),
    job: z.number().int(),
    checks: z.array(checkResultSchema),
  }),
  z.strictObject({
    type: z.literal('hinted'),
    job: z.number().int(),
    hint: nextHintSchema.optional(),
  }),
  z.strictObject({ type: z.literal('failed'), job: z.number().int(), message: z.string() }),
  /** A check's own fault, for the log. */
  z.strictObject({ type: z.literal('fault'), fault: faultSchema }),
]);
export type FromWorker = z.infer<typeof fromWorkerSchema>;

export const workerDataSchema = z.strictObject({ agentSocket: z.string(), labsDir: z.string() });
export type WorkerData = z.infer<typeof workerDataSchema>;

export const aliveEveryMs = 500;
