/** From the bytes of an answer to what a check sees: one function per kind of question. */
import type { z } from 'zod';
import type {
  CgroupView,
  DirectoryEntry,
  FileView,
  Json,
  PortView,
  ProcessView,
  TcpView,
} from '../../labs/define-lab.ts';
import { parseHostileJson } from './hostile-json.ts';
import {
  cgroupSchema,
  fileSchema,
  listSchema,
  portsSchema,
  processesSchema,
  tcpSchema,
} from './probe-answers.ts';
import { Unaskable } from './unaskable.ts';

/** Text of the learner's: what is not UTF-8 becomes U+FFFD. */
export function parseFile(body: Buffer): FileView {
  const [head, content] = splitLine(body);
  return { ...parseProbe(fileSchema, head), text: content.toString('utf8') };
}

export function parseList(body: Buffer): DirectoryEntry[] {
  return parseProbe(listSchema, body).entries;
}

/** Parents outside the lab are 0, as the kernel has it in the lab. */
export function parseProcesses(body: Buffer): ProcessView[] {
  const { processes } = parseProbe(processesSchema, body);
  const pids = new Map(processes.map(({ host, pid }) => [host.pid, pid]));
  return processes.map(({ host, ...process }) => ({ ...process, ppid: pids.get(host.ppid) ?? 0 }));
}

export function parseCgroup(body: Buffer): CgroupView {
  const { memoryMax, memoryCurrent, pidsMax, cpus, cpuShares, oomKills } = parseProbe(
    cgroupSchema,
    body,
  );
  return { memoryMax, memoryCurrent, pidsMax, cpus, cpuShares, oomKills };
}

export function parseTcp(body: Buffer): TcpView {
  const [head, received] = splitLine(body);
  return { ...parseProbe(tcpSchema, head), received: received.toString('utf8') };
}

export function parsePorts(body: Buffer): PortView[] {
  return parseProbe(portsSchema, body).ports;
}

/** `ip -json` prints nothing at all where there is nothing. */
export function parseIp(body: Buffer): Json[] {
  const text = body.toString('utf8').trim();
  const value = text === '' ? [] : parseHostileJson(text);
  if (!Array.isArray(value)) throw new Unaskable('ip did not answer with a list.');
  return value;
}

function parseProbe<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Unaskable('The answer was cut short.', { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new Unaskable('The answer is not understood.', { cause: parsed.error });
  return parsed.data;
}

function splitLine(bytes: Buffer): [line: Buffer, rest: Buffer] {
  const end = bytes.indexOf(0x0a);
  if (end < 0) throw new Unaskable('The answer was cut short.');
  return [bytes.subarray(0, end), bytes.subarray(end + 1)];
}
