/**
 * Memory cgroups have numbers of which the whole kernel has 65,535. On cgroup v2 each lab's count is limited by the kernel
 * (runtime/delegate); v1 has no such limit, so a lab that makes too many is noticed here, and ended.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { cgroupVersion } from './cgroup-files.ts';
import type { Labs } from './labs.ts';

/** An engine with a hundred containers under systemd has some 150. */
const maxPerLab = 2_000;
/** A lab makes some 20,000 in a second at most; well before they are out it has been seen. */
const lookEveryMs = 500;
/** Below so many in all, no lab has too many. */
const unsuspicious = maxPerLab;

export class CgroupWatch {
  readonly #labs: Labs;
  readonly #paths: LabHostPaths;
  readonly #onError: (error: unknown) => void;

  constructor(labs: Labs, paths: LabHostPaths, onError: (error: unknown) => void) {
    this.#labs = labs;
    this.#paths = paths;
    this.#onError = onError;
  }

  start(): Disposable {
    const timer =
      cgroupVersion() === 'v1' ? setInterval(() => this.#look(), lookEveryMs) : undefined;
    return {
      [Symbol.dispose]() {
        clearInterval(timer);
      },
    };
  }

  #look(): void {
    if (memoryCgroups() < unsuspicious) return;
    for (const { id, state } of this.#labs.list()) {
      if (state === 'creating' || state === 'stopped') continue;
      const { containerId } = this.#labs.get(id);
      const dir = join('/sys/fs/cgroup/memory', this.#paths.cgroupParent, containerId);
      if (countBelow(dir, maxPerLab) <= maxPerLab) continue;
      const reason = `The lab made more than ${String(maxPerLab)} control groups, of which the machine has a limited number for all, and was ended.`;
      this.#labs.stop(id, reason).catch(this.#onError);
    }
  }
}

function memoryCgroups(): number {
  const line = readFileSync('/proc/cgroups', 'utf8')
    .split('\n')
    .find((text) => text.startsWith('memory\t'));
  return Number(line?.split('\t')[2] ?? 0);
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
