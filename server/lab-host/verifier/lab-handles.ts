import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { findLabCgroups, type LabCgroups } from './lab-cgroups.ts';
import { Slots } from './slots.ts';

/** Descriptors of a lab, kept as long as it lives: process ids are reused, these are not. */
export interface LabHandles extends AsyncDisposable {
  readonly rootFd: number;
  readonly netFd: number;
  readonly pidNamespaceFd: number;
  readonly uidStart: number;
  readonly uidCount: number;
  readonly cgroups: LabCgroups;
  /** Its share of the questions: a lab that answers slowly on purpose holds up itself alone. */
  readonly slots: Slots;
  /** Aborted when the lab goes away; whatever is open on it ends then. */
  readonly signal: AbortSignal;
  /** Questions that a file system of the lab holds in the kernel, beyond what a kill ends. */
  stuck: number;
  /** The handles are not closed before what it returns has settled. */
  use: <T>(work: Promise<T>) => Promise<T>;
}

export interface LabHandlesOptions {
  /** The lab's PID 1 as the machine numbers it, after it has pivoted into its final root. */
  initPid: number;
  /** Of the lab's users on the lab host. */
  uidStart: number;
  uidCount?: number;
  /** Name of the lab's own cgroup; without it, the first in the path that looks like a container's id. */
  containerId?: string;
}

const maxQuestionsAtOncePerLab = 6;
const uidCountDefault = 65_536;
/** Node has no constant for it; the same number on x86 and Arm. */
const O_PATH = 0o10000000;

export function openLabHandles(options: LabHandlesOptions): LabHandles {
  const proc = `/proc/${String(options.initPid)}`;
  const uidCount = options.uidCount ?? uidCountDefault;
  const cgroups = findLabCgroups(readFileSync(`${proc}/cgroup`, 'utf8'), options.containerId);
  checkOwner(readFileSync(`${proc}/uid_map`, 'utf8'), options);
  const fds = openAll([
    [`${proc}/root`, O_PATH | constants.O_DIRECTORY],
    [`${proc}/ns/net`, constants.O_RDONLY],
    [`${proc}/ns/pid`, constants.O_RDONLY],
  ]);
  const [rootFd = -1, netFd = -1, pidNamespaceFd = -1] = fds;
  const inUse = new Set<Promise<unknown>>();
  const gone = new AbortController();
  return {
    rootFd,
    netFd,
    pidNamespaceFd,
    uidStart: options.uidStart,
    uidCount,
    cgroups,
    slots: new Slots(maxQuestionsAtOncePerLab),
    signal: gone.signal,
    stuck: 0,
    async use(work) {
      inUse.add(work);
      try {
        return await work;
      } finally {
        inUse.delete(work);
      }
    },
    async [Symbol.asyncDispose]() {
      if (gone.signal.aborted) return;
      gone.abort();
      await Promise.allSettled(inUse);
      fds.forEach(closeSync);
    },
  };
}

/** A process id that was reused meanwhile is not likely to have the labs' user namespace. */
function checkOwner(uidMap: string, { initPid, uidStart }: LabHandlesOptions): void {
  const [inside, outside] = uidMap.trim().split(/\s+/);
  if (inside === '0' && outside === String(uidStart)) return;
  throw new Error(
    `Process ${String(initPid)} is not a lab: its users begin at ${outside ?? 'nowhere'}.`,
  );
}

function openAll(files: [path: string, flags: number][]): number[] {
  const fds: number[] = [];
  try {
    for (const [path, flags] of files) fds.push(openSync(path, flags));
    return fds;
  } catch (error) {
    fds.forEach(closeSync);
    throw error;
  }
}
