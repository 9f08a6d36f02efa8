/** Which processes of the machine are which lab's. Reads all of /proc: for the rare moment in which one is to be found. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { usersPerLab } from './user-ranges.ts';

export interface LabOfProcesses {
  id: string;
  containerId: string;
  /** First of its users on the machine. */
  users: number;
}

/** By the user, where no other lab has it; a cgroup may be nested too deeply to be told. */
export function processesByLab(
  labs: readonly LabOfProcesses[],
  ownUsers: boolean,
): Map<string, number[]> {
  const found = new Map(labs.map((lab) => [lab.id, [] as number[]]));
  for (const pid of numbersIn('/proc')) {
    const lab = labs.find((candidate) =>
      ownUsers ? hasUser(candidate, userOf(pid)) : isIn(candidate, pid),
    );
    if (lab) found.get(lab.id)?.push(pid);
  }
  return found;
}

/** Terminals that processes hold, by descriptors or in messages that nobody has taken yet; counts on to `enough`. */
export function terminalsOf(pids: readonly number[], enough: number): number {
  let count = 0;
  for (const pid of pids) {
    for (const fd of numbersIn(`/proc/${String(pid)}/fd`)) {
      const target = link(`/proc/${String(pid)}/fd/${String(fd)}`);
      if (target.endsWith('/ptmx')) count += 1;
      if (target.startsWith('socket:')) count += inFlight(pid, fd);
      if (count > enough) return count;
    }
  }
  return count;
}

/** Connections tracked in the networks that processes are in. */
export function connectionsOf(pids: readonly number[]): number {
  const networks = new Map<string, number>();
  for (const pid of pids) {
    const network = link(`/proc/${String(pid)}/ns/net`);
    if (networks.has(network)) continue;
    // The first column of each processor's line is the network's count, in hexadecimal.
    const [, line = ''] = text(`/proc/${String(pid)}/net/stat/nf_conntrack`).split('\n');
    networks.set(network, Number.parseInt(line, 16) || 0);
  }
  return [...networks.values()].reduce((sum, count) => sum + count, 0);
}

function hasUser(lab: LabOfProcesses, user: number): boolean {
  return user >= lab.users && user < lab.users + usersPerLab;
}

function isIn(lab: LabOfProcesses, pid: number): boolean {
  return text(`/proc/${String(pid)}/cgroup`).includes(lab.containerId);
}

function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(text(`/proc/${String(pid)}/status`))?.[1] ?? -1);
}

function inFlight(pid: number, fd: number): number {
  const info = text(`/proc/${String(pid)}/fdinfo/${String(fd)}`);
  return Number(/^scm_fds:\s+(\d+)/m.exec(info)?.[1] ?? 0);
}

/** Processes end while they are looked at: whatever is gone is nothing. */
function numbersIn(dir: string): number[] {
  try {
    return readdirSync(dir)
      .map(Number)
      .filter((number) => Number.isInteger(number));
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
