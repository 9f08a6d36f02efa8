/** The settings of the server: the only file that reads `process.env`. `.env.example` explains each of them. */
import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readSecretFiles } from './secret-files.ts';

/** Reads the environment; throws one `ConfigError` that names every fault. Defaults of folders depend on the user. */
export function loadConfig(
  environment: Record<string, string | undefined> = process.env,
  isRoot = process.getuid?.() === 0,
): Config {
  const { settings, faults } = readSecretFiles(environment);
  const given = withoutEmpty(settings);
  const parsed = configSchema.safeParse({ ...defaultFolders(given, isRoot), ...given });
  if (!parsed.success) faults.push(...parsed.error.issues.map(describe));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return deepFreeze(parsed.data);
}

/** Settings that cannot be used; the message has one line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['The settings cannot be used:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.faults = faults;
  }
}

const root = resolve(import.meta.dirname, '..');
const hostName =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const hostNameSchema = z.string().toLowerCase().regex(hostName, 'is not a host name');
const proxySchema = z.string().refine(isNetwork, 'is no IP address or network');
const absolutePath = z.string().startsWith('/', 'must be an absolute path');

const environmentSchema = z.object({
  HOST: z
    .string()
    .refine((host) => host === 'localhost' || isIP(host) > 0, 'must be an IP address or localhost')
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4400),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  ALLOWED_HOSTS: list(hostNameSchema),
  PREVIEW_HOST: hostNameSchema.default('localhost'),
  TRUST_PROXY: z
    .union([z.literal('off'), z.literal('loopback'), list(proxySchema)], {
      error: 'must be off, loopback, or IP addresses and networks (10.0.0.0/8) separated by commas',
    })
    .default('off'),
  LAB_HOST: z.enum(['embedded', 'container'], 'must be embedded or container').optional(),
  STATE_DIR: absolutePath,
  RUN_DIR: absolutePath,
  AGENT_SOCKET: absolutePath.optional(),
  LABS_DIR: absolutePath.default(join(root, 'labs')),
  SITE_DIR: absolutePath.default(join(root, 'dist')),
  BUNDLE: z.string().optional(),
  MODE: z.enum(['local', 'multi']).default('local'),
  LABS_PER_LEARNER: wholeNumber(1, 1000).default(2),
  MAX_LABS: wholeNumber(1, 100_000).optional(),
  LAB_MINUTES: wholeNumber(1, 10_000).default(60),
  LAB_MAX_MINUTES: wholeNumber(1, 10_000).default(240),
  IDLE_PAUSE_MINUTES: decimal(0, 10_000).default(5),
  LAB_MEMORY_MIB: wholeNumber(256, 16_384).default(1024),
  LAB_PIDS: wholeNumber(128, 8192).default(512),
  LAB_CPUS: decimal(0.1, 64).default(1.5),
  POOL_BLANK: wholeNumber(0, 100).default(1),
  POOL_BROKEN: wholeNumber(0, 100).default(2),
  LEASE: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and dashes')
    .default('web'),
  VERIFY_WORKERS: wholeNumber(1, 64).default(2),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 1_000_000).default(1200),
  METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
  OPERATOR_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
  BENCH_LABS: wholeNumber(1, 1000).default(60),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

const configSchema = environmentSchema
  .refine((env) => env.LAB_MAX_MINUTES >= env.LAB_MINUTES, {
    path: ['LAB_MAX_MINUTES'],
    message: 'must not be less than LAB_MINUTES',
  })
  .transform(({ LAB_MEMORY_MIB, LAB_PIDS, LAB_CPUS, ...env }) => ({
    host: env.HOST,
    port: env.PORT,
    /** The address that learners use; links and previews are made from it. */
    publicUrl: new URL(env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`).origin,
    allowedHosts: env.ALLOWED_HOSTS,
    /** Previews live at `<port>-<lab>.<previewHost>`. */
    previewHost: env.PREVIEW_HOST,
    trustProxy: env.TRUST_PROXY === 'off' ? false : env.TRUST_PROXY,
    /** Undefined: whichever is possible, embedded first. */
    labHost: env.LAB_HOST,
    stateDir: env.STATE_DIR,
    runDir: env.RUN_DIR,
    agentSocket: env.AGENT_SOCKET ?? join(env.RUN_DIR, 'agent.sock'),
    labsDir: env.LABS_DIR,
    siteDir: env.SITE_DIR,
    /** Undefined: the newest `drydock-bundle-*.tar` beside the checkout, if there is one. */
    bundle: env.BUNDLE === undefined ? undefined : resolve(root, env.BUNDLE),
    mode: env.MODE,
    labsPerLearner: env.LABS_PER_LEARNER,
    /** Undefined: what the machine carries. */
    maxLabs: env.MAX_LABS,
    labMinutes: env.LAB_MINUTES,
    labMaxMinutes: env.LAB_MAX_MINUTES,
    /** 0: never paused. */
    idlePauseMinutes: env.IDLE_PAUSE_MINUTES,
    /** Of a lab whose scenario names none. */
    labLimits: { memory: LAB_MEMORY_MIB, pids: LAB_PIDS, cpus: LAB_CPUS },
    poolBlank: env.POOL_BLANK,
    poolBroken: env.POOL_BROKEN,
    /** Under which the labs are kept on the lab host; two servers on one lab host need two. */
    lease: env.LEASE,
    verifyWorkers: env.VERIFY_WORKERS,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    metricsToken: env.METRICS_TOKEN,
    /** Undefined: in multi mode there is no operator's page. */
    operatorToken: env.OPERATOR_TOKEN,
    /** Idle labs that the bench makes. */
    benchLabs: env.BENCH_LABS,
    logLevel: env.LOG_LEVEL,
  }));

export type Config = Readonly<z.output<typeof configSchema>>;

/**
 * Root's are the machine's. Anybody else's are below the home directory, as the XDG base directory specification has
 * it; its run directory counts only if it is the user's own: `su` leaves the one of whoever called it.
 */
function defaultFolders(
  given: Record<string, string>,
  isRoot: boolean,
): { STATE_DIR: string; RUN_DIR: string } {
  if (isRoot) return { STATE_DIR: '/var/lib/drydock', RUN_DIR: '/run/drydock' };
  const states = given['XDG_STATE_HOME'] ?? '';
  const runs = given['XDG_RUNTIME_DIR'] ?? '';
  const state = join(
    states.startsWith('/') ? states : join(given['HOME'] ?? homedir(), '.local', 'state'),
    'drydock',
  );
  return {
    STATE_DIR: state,
    RUN_DIR: isWritable(runs) ? join(runs, 'drydock') : join(given['STATE_DIR'] ?? state, 'run'),
  };
}

function isWritable(dir: string): boolean {
  if (!dir.startsWith('/')) return false;
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `10.0.0.2`, `10.0.0.0/8`, `fd00::/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .refine((n) => n >= min && n <= max, message);
}

function decimal(min: number, max: number) {
  const message = `must be a number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+(?:\.\d+)?$/, message)
    .transform(Number)
    .refine((n) => n >= min && n <= max, message);
}

/** Comma-separated values. */
function list(item: z.ZodType<string, string>) {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));
}

/** `NAME=` in an env file means "not set". */
function withoutEmpty(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value.trim()]] : [])),
  );
}

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} ${issue.message}`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
