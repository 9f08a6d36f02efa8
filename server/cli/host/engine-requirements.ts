/** What the user's own engine must be for a lab host in a container of it, judged from what it says of itself. */
import type { EngineProbe, AnsweringEngine } from './container/types.ts';
import type { Requirement } from './requirements.ts';

/** Debian 12 has 20.10, and it serves; what is meant to be used is newer. */
const oldestThatServes = [20, 10] as const;
const oldestMeant = 23;
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
  if (/no `docker` command|not installed/i.test(reason))
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
  const [major = 0, minor = 0] = number.split('.').map((part) => Number.parseInt(part, 10));
  const [oldMajor, oldMinor] = oldestThatServes;
  const serves = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  const ok = product === 'podman' || serves;
  const wish = `${String(oldestMeant)} or newer`;
  const old = `; ${wish} is better kept, this one serves`;
  return {
    name: 'engine: version',
    ok,
    found: ok
      ? `${number}${product === 'docker' && major < oldestMeant ? old : ''}`
      : `${number}; ${wish} is needed`,
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

/** The one thing that is trusted: what it is given depends on whether the engine maps its users away (privilege.ts). */
function privilege({ rootless, remapped, remappedIds, runtimes }: AnsweringEngine): Requirement {
  const name = 'engine: users';
  const fits = remappedIds === undefined || remappedIds >= minRemappedIds;
  const number = remappedIds === undefined ? '' : `, ${String(remappedIds)} ids`;
  if (rootless)
    return {
      name,
      ok: fits,
      found: `rootless${number}: not tried`,
      todo: `Give your user ${String(minRemappedIds)} ids or more in /etc/subuid and /etc/subgid, or use an engine that runs as root.`,
    };
  return { name, ok: true, found: given(), todo: '' };

  function given(): string {
    if (!remapped) return "the engine's own: the lab host's container is privileged";
    const lacks = fits ? 'no runtime `lab`' : 'too few for labs with users of their own';
    return fits && runtimes.includes('lab')
      ? `remapped${number}, runtime \`lab\`: the lab host's container needs no privilege`
      : `remapped${number}, ${lacks}: the lab host's container is privileged, outside the mapping`;
  }
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
