/** The result of all checks of a scenario at one moment; what `try --json`, the API and the page show. */
import { z } from 'zod';
import { scenarioIdSchema } from './ids.ts';

export const checkKindSchema = z.enum(['goal', 'guard']);
export const checkStatusSchema = z.enum(['pass', 'fail', 'unknown']);

/** What a learner may read of one answer; longer texts are cut where they are made. */
export const maxSeenChars = 600;

export const checkResultSchema = z.strictObject({
  /** Unique within its scenario, kebab-case. */
  id: z.string().max(80),
  kind: checkKindSchema,
  title: z.string().max(200),
  /** `unknown`: the question could not be asked; it never counts as solved. */
  status: checkStatusSchema,
  /** What was seen, as plain text that may hold anything a learner wrote. */
  seen: z.string().max(maxSeenChars + 1),
  /** What was wanted, in words that point at where to look. */
  wanted: z.string().max(maxSeenChars + 1),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

export const verdictSchema = z.strictObject({
  scenario: scenarioIdSchema,
  seed: z.number().int(),
  /** All goals and guards pass, and still did after the hold. */
  solved: z.boolean(),
  /** Whether the repair stood after the restart; null while no restart was done or none is asked for. */
  held: z.boolean().nullable(),
  seconds: z.number(),
  checks: z.array(checkResultSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;
