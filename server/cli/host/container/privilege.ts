/** What the lab host's container may do on the user's engine: as little as that engine lets it run with. */
import { usersHere } from '../../../lab-host/engine/where.ts';
import { CannotRun } from '../../cannot-run.ts';
import { minRemappedIds } from '../engine-requirements.ts';
import { docker, DockerFailed } from './docker-cli.ts';
import type { AnsweringEngine } from './types.ts';

export type Privilege =
  /** None: the engine maps its users, and gives enough of them. */
  | { kind: 'remapped' }
  /** `ownUsers`: out of the engine's mapping, which is too narrow for labs. */
  | { kind: 'privileged'; ownUsers: boolean }
  /** What comes next to `--privileged` on a machine that lacks a capability itself, and therefore refuses it. */
  | { kind: 'capabilities'; capabilities: string[]; ownUsers: boolean };

const tryTimeoutMs = 60_000;

export async function choosePrivilege(engine: AnsweringEngine, image: string): Promise<Privilege> {
  if (engine.rootless) await ensureIds(image);
  if (engine.remapped && engine.runtimes.includes('lab') && (await idsOf(image)) >= minRemappedIds)
    return { kind: 'remapped' };
  const ownUsers = engine.remapped;
  const users = ownUsers ? ['--userns', 'host'] : [];
  const refusal = await refused(image, [...users, '--privileged']);
  if (refusal === undefined) return { kind: 'privileged', ownUsers };
  const capabilities = await usable(image, users, [...capabilityNames]);
  if (capabilities.length === 0)
    throw new CannotRun(
      `The engine refuses to start a privileged container:\n${refusal}`,
      'Use an engine that may, or one with user-namespace remapping and a wide range (content/900-operate/where-labs-run.mdx).',
    );
  return { kind: 'capabilities', capabilities, ownUsers };
}

/** A rootless engine's containers have the ids of its user's: not tried. */
async function ensureIds(image: string): Promise<void> {
  const ids = await idsOf(image);
  if (ids < minRemappedIds)
    throw new CannotRun(
      `Your rootless engine gives a container ${String(ids)} user ids; the lab host needs ${String(minRemappedIds)}.`,
      `Give your user ${String(minRemappedIds)} or more in /etc/subuid and /etc/subgid, restart the engine, then start again.`,
    );
}

async function idsOf(image: string): Promise<number> {
  const map = await docker([...tryRun, '--entrypoint', 'cat', image, '/proc/self/uid_map']);
  return usersHere(map);
}

const tryRun = ['run', '--rm', '--network', 'none'];

/** In halves: one that is missing is found in a dozen attempts. */
async function usable(image: string, users: string[], names: string[]): Promise<string[]> {
  if ((await refused(image, [...users, ...addCapabilities(names)])) === undefined) return names;
  if (names.length === 1) return [];
  const half = Math.ceil(names.length / 2);
  return [
    ...(await usable(image, users, names.slice(0, half))),
    ...(await usable(image, users, names.slice(half))),
  ];
}

export function addCapabilities(names: readonly string[]): string[] {
  return ['--cap-drop', 'ALL', ...names.flatMap((name) => ['--cap-add', name])];
}

/** Why a container does not start with these options; undefined if it does. */
async function refused(image: string, options: string[]): Promise<string | undefined> {
  try {
    await docker([...tryRun, ...options, '--entrypoint', 'true', image], {
      timeoutMs: tryTimeoutMs,
    });
    return undefined;
  } catch (error) {
    if (error instanceof DockerFailed) return error.said;
    throw error;
  }
}

/** Of Linux 5.9 and newer; one that an engine does not know is one that it refuses. */
export const capabilityNames = (
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER ' +
  'FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE ' +
  'SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'
).split(' ');
