/** The memory there is: the machine's, or what the container that all of this runs in may have of it. */
import { existsSync, readFileSync } from 'node:fs';

const root = '/sys/fs/cgroup';

export function totalMemory(): number {
  return Math.min(fromKernel('MemTotal'), own()?.limit ?? Infinity);
}

export function availableMemory(): number {
  const { limit, used } = own() ?? { limit: Infinity, used: 0 };
  return Math.min(fromKernel('MemAvailable'), Math.max(0, limit - used));
}

function fromKernel(name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read('/proc/meminfo'));
  return Number(match?.[1] ?? 0) * 1024;
}

/** Of the cgroup that is the root here; a machine's own has no limit, or one beyond all memory. */
function own(): { limit: number; used: number } | undefined {
  const v2 = existsSync(`${root}/memory.max`);
  const file = (v1: string, v2Name: string): string =>
    v2 ? read(`${root}/${v2Name}`) : read(`${root}/memory/${v1}`);
  const limit = Number(file('memory.limit_in_bytes', 'memory.max') || NaN);
  if (!Number.isFinite(limit)) return undefined;
  // What is cached of files that nobody uses is given back when it is wanted.
  const stat = file('memory.stat', 'memory.stat');
  const cached = (/^total_inactive_file (\d+)/m.exec(stat) ??
    /^inactive_file (\d+)/m.exec(stat))?.[1];
  const used = Number(file('memory.usage_in_bytes', 'memory.current')) - Number(cached ?? 0);
  return { limit, used };
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
