/** What the machine can still carry, and the word of no that says why not. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { AgentStatus } from '../../protocol/agent.ts';
import type { LabHostPaths } from '../paths.ts';
import { diskAllocated, diskBytes } from './disk.ts';

/** Left to the machine and to Drydock itself. */
const memoryReserve = 1024 ** 3;
const diskReserve = 3 * 1024 ** 3;
const pidsReserve = 4096;
/** What a lab in use takes as a rule; labs are limited to more, but not all use it at once. */
const memoryPerLab = 160 * 1024 ** 2;

export interface LabOnDisk {
  id: string;
  pids: number;
}

/** `overcommit` says how many times the disk's free bytes may be promised; 1 keeps every promise. */
export async function capacity(
  paths: LabHostPaths,
  labs: LabOnDisk[],
  overcommit: number,
): Promise<AgentStatus['capacity']> {
  const memoryFree = Math.max(0, availableMemory() - memoryReserve);
  const diskFree = await freeDisk(paths, labs, overcommit);
  const pidsFree =
    Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) -
    pidsReserve -
    sum(labs.map((lab) => lab.pids));
  const rooms = [
    { name: 'memory', free: Math.floor(memoryFree / memoryPerLab) },
    { name: 'disk', free: Math.floor(diskFree / diskBytes) },
    { name: 'process ids', free: Math.floor(pidsFree / 512) },
  ].sort((a, b) => a.free - b.free);
  const tightest = rooms[0] ?? { name: 'nothing', free: 0 };
  return { free: Math.max(0, tightest.free), limitedBy: tightest.name, memoryFree, diskFree };
}

function availableMemory(): number {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}

/** Free bytes less what the labs there are may still write. */
async function freeDisk(
  paths: LabHostPaths,
  labs: LabOnDisk[],
  overcommit: number,
): Promise<number> {
  const facts = await statfs(paths.stateDir);
  const written = await Promise.all(labs.map((lab) => diskAllocated(paths, lab.id)));
  const promised = sum(written.map((bytes) => diskBytes - bytes));
  return Math.max(0, (facts.bavail * facts.bsize - diskReserve) * overcommit - promised);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
