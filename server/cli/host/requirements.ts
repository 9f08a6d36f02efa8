/** What the machine must be, before anything is installed or started on it. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  statfsSync,
} from 'node:fs';
import { usersPerLab } from '../../lab-host/labs/user-ranges.ts';
import { inUserNamespace, usersHere } from '../../lab-host/engine/where.ts';
import { CannotRun } from '../cannot-run.ts';
import { missingPackages } from './packages.ts';

/** Engine data and images take 2.5 GB; the rest is what one lab may write, and some air. */
const minFreeBytes = 6 * 1024 ** 3;

/** By their number in linux/capability.h. */
const neededCapabilities = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n };

export interface Requirement {
  name: string;
  ok: boolean;
  found: string;
  todo: string;
}

/** Of the machine and its user, and of the disk. */
export function requirements(stateDir: string): Requirement[] {
  return [...machineRequirements(), ...(process.platform === 'linux' ? [disk(stateDir)] : [])];
}

/** What no command can change; where one is missing, labs run in a container of another engine, or nowhere. */
export function machineRequirements(): Requirement[] {
  if (process.platform !== 'linux') return [linux()];
  return [
    root(),
    ...(process.getuid?.() === 0 ? [capabilities()] : []),
    filesystem('overlay'),
    ...(inUserNamespace() ? ofContainer() : ofMachine()),
    userNamespaces(),
    cgroups(),
    packageSource(),
  ];
}

function ofMachine(): Requirement[] {
  return [filesystem('squashfs'), loopDevices()];
}

/** Root of a user namespace mounts neither, and makes no devices: programs and what the container was given do instead. */
function ofContainer(): Requirement[] {
  return [users(), givenDevice('/dev/fuse'), givenDevice('/dev/net/tun'), writableCgroups()];
}

export function ensureRequirements(stateDir: string): void {
  const failed = requirements(stateDir).filter((requirement) => !requirement.ok);
  const [first] = failed;
  if (first)
    throw new CannotRun(
      failed.map(({ name, found }) => `${name}: ${found}`).join('\n'),
      first.todo,
    );
}

function linux(): Requirement {
  const name = process.platform === 'darwin' ? 'macOS' : process.platform;
  return {
    name: 'system',
    ok: false,
    found: `${name}; an engine of Drydock's own needs a Linux kernel`,
    todo: 'Start Docker Desktop, or another Docker engine: the lab host then runs in a container of it.',
  };
}

function root(): Requirement {
  const ok = process.getuid?.() === 0;
  return {
    name: 'user',
    ok,
    found: ok
      ? 'root'
      : 'not root; the embedded lab host mounts file systems and runs an engine of its own',
    todo: 'Run it as root (`sudo npm start`), or with a Docker engine that your user may use.',
  };
}

/** Root of a container has few of them. */
function capabilities(): Requirement {
  const mask = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const have = BigInt(`0x${mask ?? '0'}`);
  const missing = Object.entries(neededCapabilities)
    .filter(([, bit]) => (have & (1n << bit)) === 0n)
    .map(([name]) => name);
  const ok = missing.length === 0;
  return {
    name: 'capabilities',
    ok,
    found: ok ? 'there' : `missing ${missing.join(' ')}`,
    todo: 'Run it as root of the machine; root of an unprivileged container cannot have an engine of its own.',
  };
}

function filesystem(name: string): Requirement {
  const ok =
    readFileSync('/proc/filesystems', 'utf8')
      .split('\n')
      .some((line) => line.endsWith(`\t${name}`)) || moduleExists(name);
  return {
    name: `kernel: ${name}`,
    ok,
    found: ok ? 'there' : `the kernel has no ${name}`,
    todo: `Load it (\`modprobe ${name}\`) or use a stock kernel of Debian or Ubuntu.`,
  };
}

function moduleExists(name: string): boolean {
  const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  const index = `/lib/modules/${release}/modules.dep`;
  return existsSync(index) && readFileSync(index, 'utf8').includes(`/${name}.ko`);
}

function userNamespaces(): Requirement {
  const limit = '/proc/sys/user/max_user_namespaces';
  const ok =
    existsSync('/proc/self/ns/user') &&
    (!existsSync(limit) || Number(readFileSync(limit, 'utf8')) > 0);
  return {
    name: 'kernel: user namespaces',
    ok,
    found: ok ? 'there' : 'switched off or not built in',
    todo: 'Set `sysctl user.max_user_namespaces=15000`, or use a stock kernel of Debian or Ubuntu.',
  };
}

function loopDevices(): Requirement {
  const ok = existsSync('/dev/loop-control');
  return {
    name: 'loop devices',
    ok,
    found: ok ? 'there' : '/dev/loop-control is missing',
    todo: 'Run `modprobe loop`; in a container or VM, let it have loop devices.',
  };
}

/** The first 100,000 are the container's own. */
function users(): Requirement {
  const count = usersHere();
  return {
    name: 'users',
    ok: count >= 100_000 + usersPerLab,
    found: `${String(count)} in this container`,
    todo: "Give the engine's `userns-remap` a range of 4,000,000 in /etc/subuid and /etc/subgid.",
  };
}

function givenDevice(path: string): Requirement {
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : undefined;
  return {
    name: path,
    ok: mode !== undefined && (mode & 0o006) === 0o006,
    found: mode === undefined ? 'missing' : `mode ${mode.toString(8)}`,
    todo: `Give the container ${path}, open to everybody (mode 666).`,
  };
}

function writableCgroups(): Requirement {
  const v2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const dirs = v2 ? ['/sys/fs/cgroup'] : ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids'];
  const ok = dirs.every(isWritable);
  return {
    name: 'own cgroups',
    ok,
    found: ok ? 'writable' : 'read-only',
    todo: 'Run the container by the runtime `lab` (server/lab-host/runtime/lab-runc), which makes them so.',
  };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Others than root may not write to them anyhow. */
function cgroups(): Requirement {
  const dirs = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids'];
  const v2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const found = v2 ? ['/sys/fs/cgroup'] : dirs.filter((dir) => existsSync(dir));
  const isRoot = process.getuid?.() === 0;
  const readOnly = isRoot && !found.every(isWritable);
  const words = readOnly ? ', read-only' : isRoot ? ', writable' : '';
  return {
    name: 'cgroups',
    ok: found.length > 0 && !readOnly,
    found: found.length > 0 ? `${v2 ? 'v2' : 'v1'}${words}` : '/sys/fs/cgroup is not mounted',
    todo: readOnly
      ? 'Run it as root of the machine; or give the container its cgroups writable.'
      : 'Mount the cgroup file system; every systemd does.',
  };
}

function packageSource(): Requirement {
  const missing = missingPackages();
  const ok = missing.length === 0 || existsSync('/usr/bin/apt-get');
  const found = ok
    ? `\`npm start\` will install ${missing.join(' ')}`
    : `programs are missing that Debian has in ${missing.join(' ')}, and there is no apt-get`;
  return {
    name: 'packages',
    ok,
    found: missing.length === 0 ? 'all there' : found,
    todo: 'Install them with your package manager.',
  };
}

function disk(stateDir: string): Requirement {
  let free = 0;
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o755 });
    const facts = statfsSync(stateDir);
    free = facts.bavail * facts.bsize;
  } catch {
    // Not root: said by its own row.
  }
  const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return {
    name: `disk at ${stateDir}`,
    ok: free >= minFreeBytes,
    found: `${gib(free)} free, ${gib(minFreeBytes)} needed`,
    todo: 'Free some space, or set STATE_DIR to a folder on a larger disk.',
  };
}
