/** Which engine would be used and what it is. Starts nothing in it. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { docker, DockerFailed } from './docker-cli.ts';
import type { AnsweringEngine, EngineProbe } from './types.ts';

const probeTimeoutMs = 15_000;

export async function probeEngine(): Promise<EngineProbe> {
  try {
    const ask = (args: string[]): Promise<string> => docker(args, { timeoutMs: probeTimeoutMs });
    const [info, version, where] = await Promise.all([
      ask(['info', '--format', '{{json .}}']),
      ask(['version', '--format', '{{json .}}']),
      ask(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']).catch(() => ''),
    ]);
    return readProbe({ info, version, where, subordinateIds: subordinateIds(where) });
  } catch (error) {
    if (!(error instanceof DockerFailed)) throw error;
    return { answers: false, reason: inOneLine(error.said) };
  }
}

const infoSchema = z.looseObject({
  ServerVersion: z.string().optional(),
  OperatingSystem: z.string().default(''),
  OSType: z.string().default(''),
  Architecture: z.string().default(''),
  KernelVersion: z.string().default(''),
  CgroupVersion: z.string().default(''),
  SecurityOptions: z
    .array(z.string())
    .nullish()
    .transform((options) => options ?? []),
  Runtimes: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((runtimes) => Object.keys(runtimes ?? {})),
  DockerRootDir: z.string().default(''),
  MemTotal: z.number().default(0),
  NCPU: z.number().default(0),
  ServerErrors: z.array(z.string()).nullish(),
});

const versionSchema = z.looseObject({
  Server: z
    .looseObject({
      Components: z.array(z.looseObject({ Name: z.string() })).nullish(),
    })
    .nullish(),
});

interface Answers {
  /** Of `docker info` and `docker version`, as JSON. */
  info: string;
  version: string;
  where: string;
  /** The text of /etc/subuid, where the engine runs on this machine; otherwise empty. */
  subordinateIds: string;
}

export function readProbe({ info, version, where, subordinateIds }: Answers): EngineProbe {
  const parsed = infoSchema.safeParse(JSON.parse(info));
  const facts = parsed.data;
  if (facts === undefined) return { answers: false, reason: 'it does not answer as Docker does' };
  if (facts.ServerVersion === undefined || facts.ServerVersion === '')
    return {
      answers: false,
      reason: inOneLine(facts.ServerErrors?.join(' ') ?? 'it says nothing'),
    };
  const security = facts.SecurityOptions.map((option) => /name=([a-z]+)/.exec(option)?.[1]);
  const remapped = security.includes('userns');
  return {
    answers: true,
    version: facts.ServerVersion,
    where: where === '' ? 'the docker command line' : where,
    system: facts.OperatingSystem,
    kernel: facts.KernelVersion,
    os: facts.OSType,
    arch:
      { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64' }[facts.Architecture] ?? facts.Architecture,
    cgroup: cgroupOf(facts.CgroupVersion),
    product: productOf(version),
    desktop: facts.OperatingSystem.includes('Docker Desktop'),
    rootless: security.includes('rootless'),
    remapped,
    remappedIds: remapped ? idsOf(facts.DockerRootDir, subordinateIds) : undefined,
    apparmor: security.includes('apparmor'),
    selinux: security.includes('selinux'),
    runtimes: facts.Runtimes,
    memory: facts.MemTotal,
    cpus: facts.NCPU,
  };
}

function cgroupOf(version: string): AnsweringEngine['cgroup'] {
  if (version === '1' || version === 'v1') return 'v1';
  return version === '2' || version === 'v2' ? 'v2' : 'unknown';
}

function productOf(version: string): AnsweringEngine['product'] {
  const components = versionSchema.safeParse(JSON.parse(version)).data?.Server?.Components ?? [];
  return components.some(({ Name }) => Name.includes('Podman')) ? 'podman' : 'docker';
}

/** Such an engine's data root ends with the first ids; whoever they belong to has all of his ranges mapped. */
function idsOf(dataRoot: string, subordinateIds: string): number | undefined {
  const first = /\/(\d+)\.\d+$/.exec(dataRoot)?.[1];
  const ranges = subordinateIds.split('\n').map((line) => line.split(':'));
  const owner = ranges.find(([, start]) => start === first && first !== undefined)?.[0];
  if (owner === undefined) return undefined;
  return ranges
    .filter(([name]) => name === owner)
    .reduce((sum, [, , length]) => sum + Number(length), 0);
}

/** An engine behind a local socket has them from this machine, unless that is Docker Desktop's. */
function subordinateIds(where: string): string {
  const file = '/etc/subuid';
  return where.startsWith('unix://') && existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function inOneLine(said: string): string {
  return said.split('\n').join(' ').trim();
}
