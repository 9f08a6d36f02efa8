/** What the user's own engine must be for a lab host in a container of it, judged from what it says of itself. */
import type { EngineProbe, AnsweringEngine } from './container/types.ts';
import type { Requirement } from './requirements.ts';

const oldestEngine = 23;
/** For the lab host's own programs and a lab or two. */
const minMemoryBytes = 3 * 1024 ** 3;
/** A lab has 65,536 users; those of the lab host's container come before them. */
export const minRemappedIds = 165_536;

export function engineRequirements(probe: EngineProbe): Requirement[] {
  if (!probe.answers) return [silent(probe.reason)];
  return [
    answering(probe),
    version(probe),
    linuxContainers(probe),
    privilege(probe),
    memory(probe),
    ...security(probe),
  ];
}

/** Why there can be no lab host in a container; undefined if there can be one. */
export function whyNoContainer(probe: EngineProbe): Requirement | undefined {
  return engineRequirements(probe).find(({ ok }) => !ok);
}

function silent(reason: string): Requirement {
  return { name: 'Docker engine', ok: false, found: reason, todo: howToReach(reason) };
}

function howToReach(reason: string): string {
  if (/permission denied|EACCES/i.test(reason))
    return 'Let your user use it: `sudo usermod -aG docker $USER`, then log in again. Whoever is in that group is root on the machine.';
  if (/ENOENT|not found|not installed/i.test(reason))
    return 'Install Docker (https://docs.docker.com/engine/install/) or Docker Desktop.';
  return 'Start it, or name it in DOCKER_HOST or by `docker context use`.';
}

function answering({ product, version: number, where, system }: AnsweringEngine): Requirement {
  return {
    name: 'Docker engine',
    ok: true,
    found: `${product === 'podman' ? 'Podman (not tried) ' : ''}${number} at ${where} (${system})`,
    todo: '',
  };
}

function version({ product, version: number }: AnsweringEngine): Requirement {
  const ok = product === 'podman' || Number.parseInt(number, 10) >= oldestEngine;
  return {
    name: 'engine: version',
    ok,
    found: ok ? number : `${number}; ${String(oldestEngine)} or newer is needed`,
    todo: 'Update Docker: https://docs.docker.com/engine/install/',
  };
}

function linuxContainers({ os }: AnsweringEngine): Requirement {
  const ok = os === 'linux';
  return {
    name: 'engine: containers',
    ok,
    found: ok ? 'Linux' : `for ${os}; labs are Linux machines`,
    todo: 'Switch Docker Desktop to Linux containers.',
  };
}

/** The one thing that is trusted: what it is given depends on whether the engine maps its users away. */
function privilege(engine: AnsweringEngine): Requirement {
  const { rootless, remapped, remappedIds, runtimes } = engine;
  const name = 'engine: users';
  const wide =
    'dockerd with --userns-remap and a range of 4,000,000 ids in /etc/subuid and /etc/subgid';
  if (rootless)
    return {
      name,
      ok: remappedIds === undefined || remappedIds >= minRemappedIds,
      found: `rootless${ids(remappedIds)}: not tried`,
      todo: `Give your user ${String(minRemappedIds)} ids or more in /etc/subuid and /etc/subgid, or use an engine that runs as root.`,
    };
  if (!remapped)
    return {
      name,
      ok: true,
      found: "the engine's own: the lab host's container is privileged",
      todo: '',
    };
  if (remappedIds !== undefined && remappedIds < minRemappedIds)
    return {
      name,
      ok: false,
      found: `remapped${ids(remappedIds)}: too few for labs with users of their own`,
      todo: `Use ${wide}, or without remapping.`,
    };
  const ok = runtimes.includes('lab');
  return {
    name,
    ok,
    found: `remapped${ids(remappedIds)}: the lab host's container needs no privilege${ok ? '' : ', but a runtime `lab`, which this engine does not know'}`,
    todo: 'Give dockerd `--add-runtime lab=…/server/lab-host/runtime/lab-runc` (it needs jq), as content/900-operate/where-labs-run.mdx says.',
  };
}

function ids(count: number | undefined): string {
  return count === undefined ? '' : `, ${String(count)} ids`;
}

function memory({ memory: bytes, cpus, desktop }: AnsweringEngine): Requirement {
  const gib = (value: number): string => (value / 1024 ** 3).toFixed(1);
  return {
    name: 'engine: memory',
    ok: bytes >= minMemoryBytes,
    found: `${gib(bytes)} GiB, ${String(cpus)} CPUs; ${gib(minMemoryBytes)} GiB needed`,
    todo: desktop
      ? 'Give it more in Docker Desktop: Settings, Resources.'
      : 'Use a machine with more memory.',
  };
}

function security({ cgroup, apparmor, selinux, desktop }: AnsweringEngine): Requirement[] {
  const confined = [
    ...(apparmor ? ['AppArmor (off for the lab host; its labs are confined by it)'] : []),
    ...(selinux ? ['SELinux (off for the lab host: not tried)'] : []),
    ...(desktop ? ["Docker Desktop's VM (not tried)"] : []),
  ];
  return [
    {
      name: 'engine: system',
      ok: true,
      found: [`cgroup ${cgroup}`, ...confined].join(', '),
      todo: '',
    },
  ];
}
