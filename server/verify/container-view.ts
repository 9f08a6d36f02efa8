import { z } from 'zod';
import type { ContainerView, JsonObject, MountView } from '../../labs/define-lab.ts';
import { askFile } from './ask-file.ts';
import type { Asker } from './asker.ts';
import {
  count,
  environment,
  flag,
  list,
  record,
  text,
  texts,
  understand,
  words,
} from './engine-fields.ts';

const stateSchema = z.object({
  Running: flag,
  Status: text,
  Pid: count,
  ExitCode: count,
  OOMKilled: flag,
  StartedAt: text,
  Health: z.object({ Status: text }).nullish(),
});

const configSchema = z.object({
  Image: text,
  Env: environment,
  Cmd: words,
  Entrypoint: words,
  User: text,
  Labels: texts,
});

const hostSchema = z.object({
  Privileged: flag,
  CapAdd: list,
  CapDrop: list,
  SecurityOpt: list,
  ReadonlyRootfs: flag,
  NetworkMode: text,
  PidMode: text,
  Memory: count,
  NanoCpus: count,
  RestartPolicy: z.object({ Name: text }).nullish(),
});

const networkSchema = z
  .object({
    Ports: record(z.array(z.object({ HostIp: text, HostPort: text })).nullish()),
    Networks: record(z.object({ IPAddress: text }).nullish()),
  })
  .nullish();

const containerSchema = z.object({
  Id: z.string(),
  Name: text,
  Image: text,
  RestartCount: count,
  State: stateSchema,
  Config: configSchema,
  HostConfig: hostSchema,
  Mounts: z
    .array(
      z.object({
        Type: text,
        Name: z.string().optional(),
        Source: text,
        Destination: text,
        RW: flag,
      }),
    )
    .nullish(),
  NetworkSettings: networkSchema,
});
type Inspected = z.output<typeof containerSchema>;

/** `docker inspect` as checks see it. */
export function readContainer(asker: Asker, raw: JsonObject): ContainerView {
  const inspected = understand(containerSchema, raw);
  const { State } = inspected;
  const pid = Number.isInteger(State.Pid) && State.Pid > 0 ? State.Pid : 0;
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ''),
    imageId: inspected.Image,
    running: State.Running,
    status: State.Status,
    pid,
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    restartCount: inspected.RestartCount,
    startedAt: State.StartedAt,
    health: State.Health && State.Health.Status !== 'none' ? State.Health.Status : undefined,
    ...configOf(inspected),
    ...hostConfigOf(inspected),
    mounts: mountsOf(inspected),
    ports: portsOf(inspected),
    addresses: addressesOf(inspected),
    raw,
    file: async (path, options) =>
      pid === 0 ? undefined : askFile(asker, path, { ...options, pid }),
  };
}

function configOf({ Config }: Inspected) {
  return {
    image: Config.Image,
    env: Config.Env,
    cmd: Config.Cmd,
    entrypoint: Config.Entrypoint,
    user: Config.User,
    labels: Config.Labels,
  };
}

function hostConfigOf({ HostConfig }: Inspected) {
  return {
    privileged: HostConfig.Privileged,
    capAdd: HostConfig.CapAdd,
    capDrop: HostConfig.CapDrop,
    securityOpt: HostConfig.SecurityOpt,
    readonlyRootfs: HostConfig.ReadonlyRootfs,
    networkMode: HostConfig.NetworkMode,
    pidMode: HostConfig.PidMode,
    memory: HostConfig.Memory,
    nanoCpus: HostConfig.NanoCpus,
    restartPolicy: HostConfig.RestartPolicy?.Name ?? '',
  };
}

function mountsOf({ Mounts }: Inspected): MountView[] {
  return (Mounts ?? []).map(({ Type, Name, Source, Destination, RW }) => ({
    type: Type,
    name: Name,
    source: Source,
    destination: Destination,
    rw: RW,
  }));
}

/** Exposed but unpublished ports are left out. */
function portsOf({ NetworkSettings }: Inspected): ContainerView['ports'] {
  const published = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([name, bindings]) =>
    bindings
      ? [
          [
            name,
            bindings.map(({ HostIp, HostPort }) => ({ ip: HostIp, port: Number(HostPort) })),
          ] as const,
        ]
      : [],
  );
  return Object.fromEntries(published);
}

/** Networks that gave no address, as those of a stopped container, are left out. */
function addressesOf({ NetworkSettings }: Inspected): Record<string, string> {
  const all = Object.entries(NetworkSettings?.Networks ?? {}).map(
    ([name, network]) => [name, network?.IPAddress ?? ''] as const,
  );
  return Object.fromEntries(all.filter(([, address]) => address !== ''));
}
