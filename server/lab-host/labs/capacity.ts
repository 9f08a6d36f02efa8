/** What the machine can still carry, and the word of no that says why not. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { AgentStatus } from '../../protocol/agent.ts';
import { availableMemory } from '../engine/memory.ts';
import type { LabHostPaths } from '../paths.ts';
import { diskAllocated } from './disk.ts';
import { diskBytes, type DiskKind } from './disk-kind.ts';

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

export interface CapacityOptions {
  paths: LabHostPaths;
  labs: LabOnDisk[];
  disks: DiskKind;
  /** How many times the bytes that disks may take are promised; 1 keeps every promise. */
  overcommit: number;
}

export async function capacity(options: CapacityOptions): Promise<AgentStatus['capacity']> {
  const { labs, disks } = options;
  const pidsFree =
    Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) -
    pidsReserve -
    sum(labs.map((lab) => lab.pids));
  const memoryFree = Math.max(0, availableMemory() - memoryReserve);
  const diskFree = await freeDisk(options, memoryFree);
  const rooms = [
    ...(disks === 'memory' ? disksInMemory(options, diskFree) : onDisk(memoryFree, diskFree)),
    { name: 'process ids', free: Math.floor(pidsFree / 512) },
  ].sort((a, b) => a.free - b.free);
  const tightest = rooms[0] ?? { name: 'nothing', free: 0 };
  return { free: Math.max(0, tightest.free), limitedBy: tightest.name, memoryFree, diskFree };
}

interface Room {
  name: string;
  /** Labs. */
  free: number;
}

function onDisk(memoryFree: number, diskFree: number): Room[] {
  return [
    { name: 'memory', free: Math.floor(memoryFree / memoryPerLab) },
    { name: 'disk', free: Math.floor(diskFree / diskBytes.file) },
  ];
}

/** A lab then takes both of the same. */
function disksInMemory({ overcommit }: CapacityOptions, diskFree: number): Room[] {
  const perLab = memoryPerLab * overcommit + diskBytes.memory;
  return [
    { name: 'memory, which labs have their disks in here', free: Math.floor(diskFree / perLab) },
  ];
}

/** Free bytes less what the labs there are may still write; of memory, where disks are that. */
async function freeDisk(options: CapacityOptions, memoryFree: number): Promise<number> {
  const { paths, labs, disks, overcommit } = options;
  const written = await Promise.all(labs.map((lab) => diskAllocated(paths, lab.id, disks)));
  const promised = sum(written.map((bytes) => Math.max(0, diskBytes[disks] - bytes)));
  const facts = await statfs(paths.stateDir);
  const free = disks === 'memory' ? memoryFree : facts.bavail * facts.bsize - diskReserve;
  return Math.max(0, free * overcommit - promised);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
