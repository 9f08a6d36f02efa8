/** What the machine must be, before anything is installed or started on it. */
import { existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { CannotRun } from '../cannot-run.ts';

/** Engine data and images take 2.5 GB; the rest is what one lab may write, and some air. */
const minFreeBytes = 6 * 1024 ** 3;

export interface Requirement {
  name: string;
  ok: boolean;
  found: string;
  todo: string;
}

export function requirements(stateDir: string): Requirement[] {
  return [
    root(),
    filesystem('overlay'),
    filesystem('squashfs'),
    userNamespaces(),
    loopDevices(),
    cgroups(),
    disk(stateDir),
  ];
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

function root(): Requirement {
  const ok = process.getuid?.() === 0;
  return {
    name: 'user',
    ok,
    found: ok
      ? 'root'
      : 'not root; the embedded lab host mounts file systems and runs an engine of its own',
    todo: 'Run it as root (`sudo npm start`). Running the lab host in a container of your own Docker engine comes next.',
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

function cgroups(): Requirement {
  const ok = [
    '/sys/fs/cgroup/cgroup.controllers',
    '/sys/fs/cgroup/memory',
    '/sys/fs/cgroup/pids',
  ].some((path) => existsSync(path));
  return {
    name: 'cgroups',
    ok,
    found: ok ? 'there' : '/sys/fs/cgroup is not mounted',
    todo: 'Mount the cgroup file system; every systemd does.',
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
