/**
 * Of some things the machine has one number for all labs, and the kernel sets no lab a limit of its own. A lab that takes
 * too much of one is noticed here, before others feel it, and ended.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { cgroupVersion } from './cgroup-files.ts';
import { connectionsOf, processesByLab, terminalsOf } from './lab-processes.ts';
import type { Lab, Labs } from './labs.ts';

const lookEveryMs = 500;
/** Where the kernel does not tell the total, labs are counted at every so many looks; it reads all of /proc. */
const blindLooks = 10;

interface Shared {
  /** For the sentence that tells the learner why the lab was ended. */
  what: string;
  /** Of the whole machine; cheap, asked at each look. Undefined where the kernel does not tell. */
  total: () => number | undefined;
  /** Above what no lab in earnest has; labs are only counted when the total could hold so many. */
  maxPerLab: number;
  /** Of these labs, by their ids. */
  counts: (labs: Lab[]) => Map<string, number>;
}

export class SharedWatch {
  readonly #labs: Labs;
  readonly #shared: Shared[];
  readonly #onError: (error: unknown) => void;
  /** The total at which nobody was found to blame: others of the machine's have them. */
  readonly #innocent = new Map<Shared, number>();
  #looks = 0;

  constructor(
    labs: Labs,
    options: { paths: LabHostPaths; ownUsers: boolean; onError: (error: unknown) => void },
  ) {
    this.#labs = labs;
    this.#shared = [...memoryCgroups(options.paths), ...ofProcesses(options.ownUsers)];
    this.#onError = options.onError;
  }

  start(): Disposable {
    const timer = setInterval(() => this.#look(), lookEveryMs);
    return {
      [Symbol.dispose]() {
        clearInterval(timer);
      },
    };
  }

  #look(): void {
    if (this.#labs.list().length === 0) return;
    this.#looks += 1;
    for (const shared of this.#shared) {
      const total = shared.total();
      if (total === undefined) {
        if (this.#looks % blindLooks === 0) this.#endWhoHasTooMany(shared);
        continue;
      }
      const innocent = Math.min(this.#innocent.get(shared) ?? 0, total);
      this.#innocent.set(shared, innocent);
      if (total - innocent <= shared.maxPerLab) continue;
      if (!this.#endWhoHasTooMany(shared)) this.#innocent.set(shared, total);
    }
  }

  /** Answers whether there was one. */
  #endWhoHasTooMany({ what, maxPerLab, counts }: Shared): boolean {
    const alive = this.#labs
      .list()
      .filter(({ state }) => state === 'ready' || state === 'paused')
      .map(({ id }) => this.#labs.get(id));
    const guilty = [...counts(alive)].filter(([, count]) => count > maxPerLab);
    for (const [id] of guilty) {
      const reason = `The lab took more than ${String(maxPerLab)} ${what}, of which the machine has a limited number for all, and was ended.`;
      this.#labs.stop(id, reason).catch(this.#onError);
    }
    return guilty.length > 0;
  }
}

/** The kernel numbers them up to 65,535; on cgroup v2 it also limits each lab's (runtime/delegate). */
function memoryCgroups({ cgroupParent }: LabHostPaths): Shared[] {
  if (cgroupVersion() === 'v2') return [];
  // An engine with a hundred containers under systemd has some 150.
  const maxPerLab = 2_000;
  const dir = (lab: Lab): string => join('/sys/fs/cgroup/memory', cgroupParent, lab.containerId);
  return [
    {
      what: 'control groups',
      total: memoryCgroupsInAll,
      maxPerLab,
      counts: (labs) => new Map(labs.map((lab) => [lab.id, countBelow(dir(lab), maxPerLab)])),
    },
  ];
}

function ofProcesses(ownUsers: boolean): Shared[] {
  const ofEach = (labs: Lab[], count: (pids: number[]) => number): Map<string, number> =>
    new Map([...processesByLab(labs, ownUsers)].map(([id, pids]) => [id, count(pids)]));
  const maxTerminals = 1_000;
  return [
    {
      // `docker run -t` takes one, a shell another. Their buffers, 23 KB each, count as nobody's memory.
      what: 'terminals',
      total: () => numberIn('/proc/sys/kernel/pty/nr'),
      maxPerLab: maxTerminals,
      counts: (labs) => ofEach(labs, (pids) => terminalsOf(pids, maxTerminals)),
    },
    {
      // Some 300 bytes each, which count as nobody's memory; each network may have 262,144.
      what: 'tracked connections',
      total: trackedInAll,
      maxPerLab: 16_384,
      counts: (labs) => ofEach(labs, connectionsOf),
    },
  ];
}

function memoryCgroupsInAll(): number {
  const line = readFileSync('/proc/cgroups', 'utf8')
    .split('\n')
    .find((text) => text.startsWith('memory\t'));
  return Number(line?.split('\t')[2] ?? 0);
}

/** Objects of that name in use, in all networks; root of a user namespace is not told. */
function trackedInAll(): number | undefined {
  try {
    const match = /^nf_conntrack\s+(\d+)/m.exec(readFileSync('/proc/slabinfo', 'utf8'));
    return Number(match?.[1] ?? 0);
  } catch {
    return undefined;
  }
}

function numberIn(file: string): number {
  return Number(readFileSync(file, 'utf8'));
}

/** Directories below `dir`; the count ends soon after `enough`. */
function countBelow(dir: string, enough: number): number {
  let count = 0;
  const waiting = [dir];
  for (let next = waiting.pop(); next !== undefined && count <= enough; next = waiting.pop()) {
    for (const name of directories(next)) {
      count += 1;
      waiting.push(join(next, name));
    }
  }
  return count;
}

function directories(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    // Removed meanwhile.
    return [];
  }
}
