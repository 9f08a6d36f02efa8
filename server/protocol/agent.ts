/**
 * What the web server and the command line say to the lab host agent, over HTTP and WebSocket on its Unix socket.
 *
 *   GET    /status                        → AgentStatus
 *   GET    /labs                          → LabStatus[]
 *   POST   /labs            CreateLab     → LabStatus          answers when the lab's engine does
 *   DELETE /labs/:id                      → {}
 *   POST   /labs/:id/pause | resume       → LabStatus
 *   POST   /labs/:id/run    RunScript     → ScriptResult
 *   POST   /labs/:id/ask    Question      → Answer             (questions.ts)
 *   POST   /labs/:id/restart-engine       → {}                 for the hold; answers when the engine does
 *   POST   /labs/:id/restart-container {container} → {}        likewise
 *   GET    /labs/:id/stats                → LabStats
 *   GET    /labs/:id/terminals            → TerminalList       does not wake a paused lab
 *   POST   /labs/:id/terminals/:n         → {resumed}          has its shell ready
 *   WS     /labs/:id/terminals/:n?cols=&rows=&role=   terminal frames (terminal.ts)
 *   WS     /labs/:id/engine-events        binary: one frame at least each time the lab's engine reports an event; the content is the learner's, do not parse it
 *   GET    /labs/:id/connect/:port        Upgrade: drydock-tcp → raw bytes of a TCP connection to that port in the lab's network
 *   WS     /events?lease=NAME             text: AgentEvent; while it is open the lease is alive
 *
 * Errors are `{error: {code, message, hint}}` with a status, as in the public API (errors.ts).
 */
import { z } from 'zod';
import { labIdSchema } from './ids.ts';

export const labLimitsSchema = z.strictObject({
  /** MiB */
  memory: z.number().int().min(256).max(16_384).default(1024),
  pids: z.number().int().min(128).max(8192).default(512),
  cpus: z.number().min(0.1).max(64).default(1.5),
});
export type LabLimitsSpec = z.infer<typeof labLimitsSchema>;

export const createLabSchema = z.strictObject({
  /** Chosen by the caller, so that a create whose answer got lost can be found again. */
  id: labIdSchema,
  image: z.literal('lab').default('lab'),
  limits: labLimitsSchema.prefault({}),
  /**
   * Whom the lab belongs to. Labs of a lease whose events socket has been closed for `leaseGraceMs` are destroyed;
   * the lease `web` never runs out, its owner adopts what it finds.
   */
  lease: z.string().regex(/^[a-z0-9-]{1,40}$/),
});
export type CreateLab = z.input<typeof createLabSchema>;
export const leaseGraceMs = 10_000;

export const labStateSchema = z.enum(['creating', 'ready', 'paused', 'stopped']);

export const labStatusSchema = z.strictObject({
  id: labIdSchema,
  lease: z.string(),
  state: labStateSchema,
  /** Why it is `stopped`, in words for the learner; otherwise empty. */
  reason: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  limits: labLimitsSchema,
  /** Sockets that look at its terminals now. */
  viewers: z.number().int().default(0),
});
export type LabStatus = z.infer<typeof labStatusSchema>;

export const maxScriptBytes = 8 * 1024 * 1024;
export const runScriptSchema = z.strictObject({
  /** Given to `bash -s` on stdin, as root in the lab, in /root; it never becomes a file there. */
  script: z.string().max(maxScriptBytes),
  env: z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string()).default({}),
  timeoutMs: z.number().int().positive().max(900_000).default(120_000),
});
export type RunScript = z.input<typeof runScriptSchema>;

export const scriptResultSchema = z.strictObject({
  /** 124 after a time out. */
  exitCode: z.number().int(),
  timedOut: z.boolean(),
  /** Both streams as they came, the last 256 KiB. */
  output: z.string(),
});
export type ScriptResult = z.infer<typeof scriptResultSchema>;

export const labStatsSchema = z.strictObject({
  /** Bytes */
  memory: z.number(),
  memoryMax: z.number(),
  /** Nanoseconds of CPU used so far. */
  cpu: z.number(),
  pids: z.number(),
  /** Bytes of the lab's disk in use, and its size. */
  disk: z.number(),
  diskMax: z.number(),
  /** Times the kernel ended a process of the lab for memory. */
  oomKills: z.number(),
});
export type LabStats = z.infer<typeof labStatsSchema>;

export const agentStatusSchema = z.strictObject({
  version: z.string(),
  pid: z.number(),
  kind: z.enum(['embedded', 'container']),
  engine: z.strictObject({
    version: z.string(),
    storage: z.string(),
    cgroup: z.enum(['v1', 'v2']),
    up: z.boolean(),
  }),
  /** Whether each lab has users of its own on the machine; otherwise all share what the kernel counts by user. */
  ownUsers: z.boolean(),
  /** What was found by trying, as it is chosen for where the lab host runs. */
  chosen: z.strictObject({
    /** What a lab's disk is: a file with a file system, or memory of a fixed size. */
    disks: z.enum(['file', 'memory']),
    /** Who shows labs the layers of their images. */
    layers: z.enum(['kernel', 'program']),
    /** Whether a process that enters a lab lands in its cgroups by itself, or has to join them first; `joined` until a first lab has shown it. */
    entry: z.enum(['direct', 'joined']),
    /** Whether labs have limits of their own on namespaces and inotify. */
    namespaceLimits: z.boolean(),
  }),
  /** Settings of the kernel that are lower than wanted and could not be raised, `name: has, wanted`. */
  lowSettings: z.array(z.string()),
  capacity: z.strictObject({
    /** How many more labs of default size memory, disk and pids can carry now. */
    free: z.number().int(),
    /** Which of them is the first to run out, in words. */
    limitedBy: z.string(),
    memoryFree: z.number(),
    diskFree: z.number(),
  }),
  labs: z.number().int(),
});
export type AgentStatus = z.infer<typeof agentStatusSchema>;

export const agentEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), version: z.string() }),
  /** A lab changed its state by itself: powered off, out of memory at its root, gone. */
  z.strictObject({ type: z.literal('lab'), lab: labStatusSchema }),
  z.strictObject({ type: z.literal('lab-gone'), id: labIdSchema }),
  /** Somebody typed in a terminal of the lab (at most one a second). */
  z.strictObject({ type: z.literal('input'), id: labIdSchema }),
  /** 200 ms have passed without output after input: what was typed has probably had its effect. */
  z.strictObject({ type: z.literal('quiet'), id: labIdSchema }),
  /** The kernel ended a process for memory, the disk ran full, the process limit was met: words for the learner. */
  z.strictObject({ type: z.literal('limit'), id: labIdSchema, message: z.string() }),
]);
export type AgentEvent = z.infer<typeof agentEventSchema>;
