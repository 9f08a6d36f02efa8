/** What the page, outside tools and the web server say to each other under `/api`. */
import { z } from 'zod';
import { chapterSchema, labIdSchema, scenarioIdSchema } from './ids.ts';
import { verdictSchema } from './verdict.ts';

export const apiErrorSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
});
export type ApiError = z.infer<typeof apiErrorSchema>;

/** A scenario as everybody may see it: no hints, no solution, no debrief, no check's code. */
export const scenarioSummarySchema = z.strictObject({
  id: scenarioIdSchema,
  title: z.string(),
  chapter: chapterSchema,
  minutes: z.number(),
  difficulty: z.enum(['easy', 'medium', 'hard']),
  tags: z.array(z.string()),
  objectives: z.array(z.string()),
  hints: z.number().int(),
  /** Titles of goals and guards, in order. */
  checks: z.array(
    z.strictObject({ id: z.string(), kind: z.enum(['goal', 'guard']), title: z.string() }),
  ),
  /** What the learner has done with it. */
  progress: z.enum(['new', 'started', 'solved']),
});
export type ScenarioSummary = z.infer<typeof scenarioSummarySchema>;

export const labPhaseSchema = z.enum([
  'queued',
  'creating',
  'breaking',
  'ready',
  'checking',
  'paused',
  'stopped',
  'expired',
  'failed',
]);
export type LabPhase = z.infer<typeof labPhaseSchema>;

export const hintViewSchema = z.strictObject({ number: z.number().int(), text: z.string() });
export type HintView = z.infer<typeof hintViewSchema>;

/** One lab of the learner's, as the page keeps it. */
export const labViewSchema = z.strictObject({
  id: labIdSchema,
  scenario: scenarioIdSchema,
  state: labPhaseSchema,
  /** Why it is stopped, expired or failed, or what it waits for; plain words. */
  reason: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  expiresAt: z.number(),
  /** Whether `extend` would still add time. */
  extendable: z.boolean(),
  position: z.number().int().optional(),
  etaSeconds: z.number().optional(),
  url: z.string(),
  solved: z.boolean(),
  verdict: verdictSchema.nullable(),
  /** Hints taken so far. */
  hints: z.array(hintViewSchema),
  /** Solution may be asked for; debrief may be read. */
  solutionDue: z.boolean(),
  /** Listening TCP ports of the lab that can be previewed, with their address. */
  ports: z.array(z.strictObject({ port: z.number().int(), url: z.string() })),
});
export type LabView = z.infer<typeof labViewSchema>;

export const createLabRequestSchema = z.strictObject({ scenario: scenarioIdSchema });

/** Server → page on WS /api/events; the same objects are the `data` of the event stream for tools. */
export const pageEventSchema = z.discriminatedUnion('type', [
  /** All of the learner's labs, first and after a reconnect. */
  z.strictObject({ type: z.literal('labs'), labs: z.array(labViewSchema) }),
  z.strictObject({ type: z.literal('lab'), lab: labViewSchema }),
  z.strictObject({ type: z.literal('lab-gone'), id: labIdSchema }),
  z.strictObject({ type: z.literal('verdict'), id: labIdSchema, verdict: verdictSchema }),
  z.strictObject({ type: z.literal('hint'), id: labIdSchema, hint: hintViewSchema }),
  /** Something to read aloud: a limit met, a hold under way. */
  z.strictObject({
    type: z.literal('message'),
    id: labIdSchema,
    level: z.enum(['info', 'warning']),
    text: z.string(),
  }),
  /** How it stands with the server itself; on the socket alone. */
  z.strictObject({ type: z.literal('server'), draining: z.boolean() }),
  /** Nothing new: the server is still there (limits.ts). On the socket alone. */
  z.strictObject({ type: z.literal('beat') }),
]);
export type PageEvent = z.infer<typeof pageEventSchema>;

/** Page → server on WS /api/events: which labs are looked at, so that only those are re-asked on a beat. */
export const pageMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watch'), labs: z.array(labIdSchema).max(16) }),
]);
export type PageMessage = z.infer<typeof pageMessageSchema>;

/*
 * Routes, beside those of DESIGN.md (all answer JSON, errors as ApiError):
 *   GET  /api/scenarios                  ScenarioSummary[]
 *   GET  /api/scenarios/:chapter/:slug   ScenarioSummary
 *   GET  /api/scenarios/:chapter/:slug/debrief, …/solution   as below, to whoever has solved it: no lab is needed
 *   POST /api/labs {scenario}            201 LabView | 202 LabView (state queued)
 *   GET  /api/labs                       LabView[]
 *   GET  /api/labs/:id                   LabView
 *   DELETE /api/labs/:id                 {}
 *   POST /api/labs/:id/reset             LabView: the same id goes back to broken; terminals start anew
 *   POST /api/labs/:id/extend            LabView
 *   POST /api/labs/:id/check             Verdict, hold included when all is green
 *   POST /api/labs/:id/hints             {number, text}: the next hint that fits the state
 *   GET  /api/labs/:id/solution          {scripts: [{name, text}]} once due, else 403 `solution_not_due`
 *   GET  /api/labs/:id/debrief           {markdown, html} once solved, else 403 `debrief_not_due`
 *   GET  /api/labs/:id/terminals         TerminalList (terminal.ts): those that run, whichever page opened them
 *   POST /api/labs/:id/previews/:port    {url}: opens a preview with a one-time token
 *   GET  /api/health                     {status, version, draining, labHost, pool}
 *   …    /api/operator                   operator.ts
 *   POST /api/tunnels                    tunnel.ts
 */
export const solutionSchema = z.strictObject({
  scripts: z.array(z.strictObject({ name: z.string(), text: z.string() })),
});
export const debriefSchema = z.strictObject({ html: z.string() });
export const previewSchema = z.strictObject({ url: z.string() });

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  /** No new labs: the server is about to be updated. The status stays 200, for labs that run are still reached here. */
  draining: z.boolean(),
  labHost: z.looseObject({
    up: z.boolean(),
    kind: z.string().optional(),
    engine: z.string().optional(),
    reason: z.string().optional(),
  }),
  pool: z.looseObject({ ready: z.number(), wanted: z.number() }),
});
export type Health = z.infer<typeof healthSchema>;
