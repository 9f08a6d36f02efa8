/**
 * The typed questions that the verifier answers about a lab, from outside it.
 * The agent carries a question to the verifier and its answer back as bytes; only the side that asked parses them.
 */
import { z } from 'zod';

/** An answer larger than this is refused, not cut: half a JSON document proves nothing. */
export const maxAnswerBytes = 4 * 1024 * 1024;
/** A question that takes longer counts as unanswered. Checks may ask for less, never for more than `maxQuestionMs`. */
export const questionTimeoutMs = 2_000;
export const maxQuestionMs = 10_000;
/** Files are read up to here unless the question says less. */
export const maxFileBytes = 1024 * 1024;

const path = z.string().min(1).max(4096).startsWith('/');
/** A process id as the lab's own process namespace numbers it; the question is then asked in that process's namespaces. */
const pid = z.number().int().positive();
const timeoutMs = z.number().int().positive().max(maxQuestionMs).optional();

export const questionSchema = z.discriminatedUnion('kind', [
  /** One GET on the lab's Docker API. */
  z.strictObject({
    kind: z.literal('docker'),
    path: z.string().min(1).max(4096).startsWith('/'),
    timeoutMs,
  }),
  /** Metadata and, of a regular file, the content. Links are followed inside the root alone. */
  z.strictObject({
    kind: z.literal('file'),
    path,
    pid: pid.optional(),
    maxBytes: z.number().int().nonnegative().max(maxFileBytes).optional(),
    timeoutMs,
  }),
  /** The names in a directory, with type, mode, owner and size. At most 1000. */
  z.strictObject({ kind: z.literal('list'), path, pid: pid.optional(), timeoutMs }),
  /** All processes of the lab. At most 1000. */
  z.strictObject({ kind: z.literal('processes'), timeoutMs }),
  /** The limits and counters of the cgroup that a process of the lab is in. */
  z.strictObject({ kind: z.literal('cgroup'), pid, timeoutMs }),
  /** An HTTP request made inside the lab's network (or that of one process). Never follows redirects. */
  z.strictObject({
    kind: z.literal('http'),
    url: z.url({ protocol: /^https?$/ }).max(2048),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']).optional(),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/))
      .optional(),
    body: z
      .string()
      .max(64 * 1024)
      .optional(),
    /** PEM text to trust instead of the verifier's own store. */
    ca: z
      .string()
      .max(256 * 1024)
      .optional(),
    /** `host:port:address` triples, as curl's --resolve has them. */
    resolve: z
      .array(z.string().regex(/^[A-Za-z0-9.-]+:\d+:[0-9a-fA-F.:]+$/))
      .max(8)
      .optional(),
    /** Dial this address of the lab instead of the name in the URL, as curl's --connect-to. */
    pid: pid.optional(),
    timeoutMs,
  }),
  /** One DNS query, to the given server or, without one, to the first in the asked process's /etc/resolv.conf. */
  z.strictObject({
    kind: z.literal('dns'),
    name: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/),
    type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'PTR', 'NS']).optional(),
    server: z
      .string()
      .regex(/^[0-9a-fA-F.:]+$/)
      .optional(),
    pid: pid.optional(),
    timeoutMs,
  }),
  /** Whether a TCP connection opens, and the first bytes the other side says by itself. */
  z.strictObject({
    kind: z.literal('tcp'),
    host: z.string().regex(/^[0-9a-fA-F.:]+$/),
    port: z.number().int().min(1).max(65_535),
    /** Sent after connecting; the answer then holds what came back. */
    send: z
      .string()
      .max(64 * 1024)
      .optional(),
    pid: pid.optional(),
    timeoutMs,
  }),
  /** Interfaces, addresses, routes, neighbours: `ip -json`. */
  z.strictObject({
    kind: z.literal('ip'),
    object: z.enum(['address', 'link', 'route', 'rule', 'neighbour']),
    pid: pid.optional(),
    timeoutMs,
  }),
  /** Packet filter rules: `iptables-save`, `ip6tables-save`, `nft -j list ruleset`. */
  z.strictObject({
    kind: z.literal('rules'),
    table: z.enum(['iptables', 'ip6tables', 'nft']).optional(),
    pid: pid.optional(),
    timeoutMs,
  }),
  /** Listening TCP and UDP sockets. */
  z.strictObject({ kind: z.literal('ports'), pid: pid.optional(), timeoutMs }),
  /** A kernel setting as the asked network namespace has it: `net.ipv4.ip_forward`. */
  z.strictObject({
    kind: z.literal('sysctl'),
    name: z.string().regex(/^net(?:\.[A-Za-z0-9_-]+)+$/),
    pid: pid.optional(),
    timeoutMs,
  }),
]);
export type Question = z.infer<typeof questionSchema>;
export type QuestionKind = Question['kind'];

/** Why a question has no answer. */
export const unansweredReasons = [
  /** The path, process or socket is not there. */
  'absent',
  /** Nobody accepted the connection, or it was cut. */
  'refused',
  'timeout',
  'too-large',
  /** The lab is stopped or its verifier could not run. */
  'unavailable',
  /** The path is a link out of the root, a device, a FIFO, or otherwise not what may be opened. */
  'forbidden',
] as const;

/**
 * What the agent sends back. `body` is what the verifier's helper or tool printed, base64, not looked at on the way;
 * `server/verify/answers.ts` holds its shape per kind.
 */
export const answerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), exitCode: z.number().int(), body: z.string() }),
  z.strictObject({
    ok: z.literal(false),
    reason: z.enum(unansweredReasons),
    detail: z.string().max(1000),
  }),
]);
export type Answer = z.infer<typeof answerSchema>;
