/**
 * The scenario format: what `labs/<chapter>/<slug>/lab.ts` exports, and what its checks may ask of a lab.
 * Scenarios import this file and nothing else. Checks run outside the lab and see its state and effects, never keystrokes.
 */

export interface LabDefinition {
  /** The ticket's title, as a colleague would write it: the symptom, never the cause. */
  title: string;
  /** Minutes a person who knows the subject needs. */
  minutes: number;
  difficulty: 'easy' | 'medium' | 'hard';
  tags: string[];
  /** What one can do after it, each a sentence that starts with a verb. */
  objectives: string[];
  /** Ids of the curriculum's sections and scenario ideas that this covers, like `S5-12`. */
  curriculum: string[];
  /** The lab image; there is one so far. */
  image?: 'lab';
  limits?: LabLimits;
  /** The restart after which a repair must still stand. */
  hold: Hold;
  /** In the order they are given; they answer the state that is there, and point rather than paste. */
  hints: Hint[];
  checks: Check[];
  /** How many variants `break.sh` knows; it reads SEED (0 … seeds-1). Default 1. */
  seeds?: number;
}

export interface LabLimits {
  /** MiB; default 1024. */
  memory?: number;
  pids?: number;
  cpus?: number;
}

/** `none`, a container of the lab by name, or the lab's Docker engine. */
export type Hold = 'none' | 'engine' | { container: string };

export interface Hint {
  text: string;
  /** Given only while this says true; without it, always. */
  when?: (lab: LabView) => Promise<boolean>;
}

export interface Check {
  id: string;
  kind: 'goal' | 'guard';
  title: string;
  /** Milliseconds the whole check may take; default 5000, at most 20000. */
  timeoutMs?: number;
  run: (lab: LabView) => Promise<Outcome>;
}

export interface Outcome {
  pass: boolean;
  /** What was seen, in plain words; may hold text of the learner's. */
  seen: string;
  /** What was wanted, in words that point at where to look and never at the command. */
  wanted: string;
}

/** A check that is false while the scenario is broken. */
export function goal(
  id: string,
  title: string,
  run: Check['run'],
  options: CheckOptions = {},
): Check {
  return { id, kind: 'goal', title, run, ...options };
}

/** A check that holds before and after; a repair must not break it. */
export function guard(
  id: string,
  title: string,
  run: Check['run'],
  options: CheckOptions = {},
): Check {
  return { id, kind: 'guard', title, run, ...options };
}

export interface CheckOptions {
  timeoutMs?: number;
}

export function outcome(pass: boolean, seen: string, wanted: string): Outcome {
  return { pass, seen, wanted };
}

/** Types a definition where it is written; the loader parses it strictly. */
export function defineLab(definition: LabDefinition): LabDefinition {
  return definition;
}

/**
 * A lab as a check sees it. Every method asks the verifier from outside the lab. A question that could not be asked
 * (engine down, time out) throws `Unaskable`, and the check's status becomes `unknown`; what is merely absent is
 * answered with `undefined`, `false` or an empty list, as each says.
 */
export interface LabView {
  /** Which variant of the scenario this lab runs. */
  seed: number;
  docker: DockerView;
  /** A path of the lab's own root; undefined if nothing is there. Links are followed inside the lab. */
  file: (path: string, options?: FileOptions) => Promise<FileView | undefined>;
  /** The names in a directory; undefined if it is not there. */
  list: (path: string) => Promise<DirectoryEntry[] | undefined>;
  /** All processes of the lab, its containers' included, pids as the lab numbers them. */
  processes: () => Promise<ProcessView[]>;
  cgroup: (pid: number) => Promise<CgroupView | undefined>;
  /** An HTTP request made inside the lab's network. Answers with `error` if no response came; never follows redirects. */
  http: (url: string, options?: HttpOptions) => Promise<HttpView>;
  dns: (name: string, options?: DnsOptions) => Promise<DnsView>;
  tcp: (host: string, port: number, options?: { send?: string; pid?: number }) => Promise<TcpView>;
  /** `ip -json <object>`, parsed but not interpreted. */
  ip: (
    object: 'address' | 'link' | 'route' | 'rule' | 'neighbour',
    options?: InNetworkOf,
  ) => Promise<Json[]>;
  /** The text of `iptables-save` and its kin. */
  rules: (table?: 'iptables' | 'ip6tables' | 'nft', options?: InNetworkOf) => Promise<string>;
  ports: (options?: InNetworkOf) => Promise<PortView[]>;
  sysctl: (name: string, options?: InNetworkOf) => Promise<string | undefined>;
  /**
   * Asks again until `read` answers something other than undefined or `withinMs` is over, then answers undefined.
   * For effects that need a moment, as a health check does.
   */
  eventually: <T>(
    read: () => Promise<T | undefined>,
    options?: { withinMs?: number },
  ) => Promise<T | undefined>;
}

export interface DockerView {
  /** GET on the engine's API (`/containers/json?all=1`). Throws Unaskable if the engine does not answer. */
  get: (path: string) => Promise<{ status: number; body: Json }>;
  /** Whether the engine answers its ping; never throws. */
  up: () => Promise<boolean>;
  info: () => Promise<JsonObject>;
  containers: () => Promise<ContainerSummary[]>;
  /** `docker inspect`; undefined if there is no such container. */
  container: (name: string) => Promise<ContainerView | undefined>;
  image: (reference: string) => Promise<ImageView | undefined>;
  network: (name: string) => Promise<JsonObject | undefined>;
  volume: (name: string) => Promise<VolumeView | undefined>;
  volumes: () => Promise<string[]>;
  /** The last lines of a container's log, both streams, without their framing. */
  logs: (name: string, options?: { tail?: number }) => Promise<string>;
}

export interface ContainerSummary {
  id: string;
  names: string[];
  image: string;
  state: string;
}

export interface ContainerView {
  id: string;
  name: string;
  image: string;
  imageId: string;
  running: boolean;
  /** created running paused restarting exited dead */
  status: string;
  /** In the lab's numbering; 0 while it does not run. */
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  restartCount: number;
  startedAt: string;
  /** starting healthy unhealthy, undefined without a health check. */
  health: string | undefined;
  env: Record<string, string>;
  cmd: string[];
  entrypoint: string[];
  user: string;
  labels: Record<string, string>;
  privileged: boolean;
  capAdd: string[];
  capDrop: string[];
  securityOpt: string[];
  readonlyRootfs: boolean;
  networkMode: string;
  pidMode: string;
  memory: number;
  nanoCpus: number;
  restartPolicy: string;
  mounts: MountView[];
  /** Published ports: `80/tcp` → host address and port. */
  ports: Record<string, { ip: string; port: number }[]>;
  /** Address per network name. */
  addresses: Record<string, string>;
  /** Everything `docker inspect` says. */
  raw: JsonObject;
  /** A path as a process of the running container sees it, volumes included; undefined if absent or not running. */
  file: (path: string, options?: FileOptions) => Promise<FileView | undefined>;
}

export interface MountView {
  type: string;
  name: string | undefined;
  source: string;
  destination: string;
  rw: boolean;
}

export interface ImageView {
  id: string;
  tags: string[];
  /** Bytes. */
  size: number;
  layers: string[];
  env: Record<string, string>;
  cmd: string[];
  entrypoint: string[];
  user: string;
  workingDir: string;
  exposedPorts: string[];
  labels: Record<string, string>;
  raw: JsonObject;
}

export interface VolumeView {
  name: string;
  driver: string;
  mountpoint: string;
  labels: Record<string, string>;
  /** A path inside the volume, read from the lab's disk. */
  file: (path: string, options?: FileOptions) => Promise<FileView | undefined>;
}

export interface FileOptions {
  /** Bytes to read at most; default 64 KiB. */
  maxBytes?: number;
}

export interface FileView {
  type: 'file' | 'directory' | 'link' | 'socket' | 'fifo' | 'device';
  /** Permission bits, as 0o644. */
  mode: number;
  /** As the lab numbers users. */
  uid: number;
  gid: number;
  /** Bytes. */
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  inode: number;
  /** UTF-8 text of a regular file, cut at `maxBytes`; empty for everything else. */
  text: string;
}

export interface DirectoryEntry {
  name: string;
  type: FileView['type'];
}

export interface ProcessView {
  pid: number;
  ppid: number;
  uid: number;
  /** R S D Z T … */
  state: string;
  name: string;
  args: string[];
  /** Below the lab's own cgroup, like `/system.slice/docker.service` or `/docker/<id>`. */
  cgroup: string;
  /** Effective and bounding capabilities as bit masks, in hexadecimal. */
  capEff: string;
  capBnd: string;
  noNewPrivs: boolean;
  /** 0 none, 2 filter */
  seccomp: number;
  /** Identity of its namespaces: equal numbers are the same namespace. */
  namespaces: { pid: number; net: number; mnt: number; user: number; ipc: number; uts: number };
}

export interface CgroupView {
  /** Bytes; undefined where no limit is set. */
  memoryMax: number | undefined;
  memoryCurrent: number | undefined;
  pidsMax: number | undefined;
  /** Share of one CPU, 1.5 is one and a half; undefined without a quota. */
  cpus: number | undefined;
  cpuShares: number | undefined;
  oomKills: number | undefined;
}

export interface InNetworkOf {
  /** Ask in the network namespace of this process of the lab (`container.pid`). */
  pid?: number;
}

export interface HttpOptions extends InNetworkOf {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  body?: string;
  /** PEM text to trust; without it only the verifier's own store is. */
  ca?: string;
  /** `host:port:address`, as curl's --resolve. */
  resolve?: string[];
  timeoutMs?: number;
}

export interface HttpView {
  /** 0 if no response came. */
  status: number;
  headers: Record<string, string>;
  text: string;
  /** curl's words for what went wrong, empty if a response came. */
  error: string;
}

export interface DnsOptions extends InNetworkOf {
  type?: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'SRV' | 'PTR' | 'NS';
  /** Address of the server; default the first in the asked process's /etc/resolv.conf. */
  server?: string;
}

export interface DnsView {
  /** NOERROR NXDOMAIN SERVFAIL REFUSED …, or TIMEOUT if nobody answered. */
  status: string;
  answers: string[];
}

export interface TcpView {
  open: boolean;
  /** What the other side said, at most 64 KiB. */
  received: string;
  error: string;
}

export interface PortView {
  protocol: 'tcp' | 'udp';
  address: string;
  port: number;
}

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}
