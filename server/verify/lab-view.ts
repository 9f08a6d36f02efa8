import { setTimeout as sleep } from 'node:timers/promises';
import type { CgroupView, DirectoryEntry, InNetworkOf, LabView } from '../../labs/define-lab.ts';
import type { Question } from '../protocol/questions.ts';
import {
  parseCgroup,
  parseIp,
  parseList,
  parsePorts,
  parseProcesses,
  parseTcp,
} from './answers.ts';
import { askFile } from './ask-file.ts';
import { Asker, type Answered, type Ask } from './asker.ts';
import { createDockerView } from './docker-view.ts';
import { askDns } from './dns.ts';
import { askHttp } from './http.ts';
import { Unaskable } from './unaskable.ts';

export interface LabViewOptions {
  ask: Ask;
  seed: number;
  /** Aborts what is being asked; a view whose signal has aborted asks nothing any more. */
  signal: AbortSignal;
}

const eventuallyMs = 3_000;
const askAgainMs = 150;

export function createLabView({ ask, seed, signal }: LabViewOptions): LabView {
  const asker = new Asker(ask, signal);
  return {
    seed,
    docker: createDockerView(asker),
    file: (path, options) => askFile(asker, path, options),
    list: (path) =>
      asker.read<DirectoryEntry[] | undefined>(
        { kind: 'list', path },
        ({ body }) => parseList(body),
        absent,
      ),
    processes: () => asker.read({ kind: 'processes' }, ({ body }) => parseProcesses(body)),
    cgroup: (pid) =>
      asker.read<CgroupView | undefined>(
        { kind: 'cgroup', pid },
        ({ body }) => parseCgroup(body),
        absent,
      ),
    http: (url, options) => askHttp(asker, url, options),
    dns: (name, options) => askDns(asker, name, options),
    tcp: (host, port, options) =>
      asker.read({ kind: 'tcp', host, port, ...options }, ({ body }) => parseTcp(body), {
        absent: closed,
        timeout: closed,
      }),
    ip: (object, options) =>
      asker.read(
        { kind: 'ip', object, ...inNetwork(options) },
        (answered) => parseIp(success(answered)),
        {
          absent: () => [],
        },
      ),
    rules: (table, options) =>
      asker.read(rulesQuestion(table, options), (answered) => success(answered).toString('utf8'), {
        absent: () => '',
      }),
    ports: (options) =>
      asker.read({ kind: 'ports', ...inNetwork(options) }, ({ body }) => parsePorts(body), {
        absent: () => [],
      }),
    sysctl: (name, options) =>
      asker.read<string | undefined>(
        { kind: 'sysctl', name, ...inNetwork(options) },
        ({ body }) => body.toString('utf8').trim(),
        absent,
      ),
    eventually: (read, options) => eventually(asker, read, options?.withinMs ?? eventuallyMs),
  };
}

const absent = { absent: () => undefined };

function closed(error: string): { open: boolean; received: string; error: string } {
  return { open: false, received: '', error };
}

function rulesQuestion(
  table: 'iptables' | 'ip6tables' | 'nft' | undefined,
  options?: InNetworkOf,
): Question {
  return { kind: 'rules', ...(table && { table }), ...inNetwork(options) };
}

function inNetwork(options: InNetworkOf | undefined): InNetworkOf {
  return options?.pid === undefined ? {} : { pid: options.pid };
}

/** A tool that failed has said nothing about the lab. */
function success({ exitCode, body }: Answered): Buffer {
  if (exitCode !== 0) throw new Unaskable(`The tool that asks ended with ${String(exitCode)}.`);
  return body;
}

/** What could not be asked while something comes up may be askable a moment later; only the last attempt counts. */
async function eventually<T>(
  asker: Asker,
  read: () => Promise<T | undefined>,
  withinMs: number,
): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    const [value, failure] = await attempt(read);
    if (value !== undefined) return value;
    if (performance.now() + askAgainMs > end) {
      if (failure) throw failure;
      return undefined;
    }
    await sleep(askAgainMs, undefined, { signal: asker.signal });
    asker.forget();
  }
}

async function attempt<T>(
  read: () => Promise<T | undefined>,
): Promise<[T | undefined, Unaskable | undefined]> {
  try {
    return [await read(), undefined];
  } catch (error) {
    if (error instanceof Unaskable) return [undefined, error];
    throw error;
  }
}
