/** The cgroup above all labs: together they leave memory to the machine and to Drydock, and yield the CPU to both. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { totalMemory } from './memory.ts';

const root = '/sys/fs/cgroup';
const memoryLeftBytes = 1.5 * 1024 ** 3;

export function limitAllLabs({ cgroupParent }: LabHostPaths): void {
  const max = String(Math.max(memoryLeftBytes, totalMemory() - memoryLeftBytes));
  if (existsSync(join(root, 'cgroup.controllers'))) {
    leaveTop();
    write(join(root, 'cgroup.subtree_control'), '+memory +cpu +pids');
    write(join(root, cgroupParent, 'memory.max'), max);
    write(join(root, cgroupParent, 'cpu.weight'), '50');
  } else {
    write(join(root, 'memory', cgroupParent, 'memory.limit_in_bytes'), max);
    write(join(root, 'cpu', cgroupParent, 'cpu.shares'), '512');
  }
}

/**
 * In a container on v2 the top is not the machine's: with processes in it, it hands no controller down ("no internal
 * processes"; the machine's own top has no `cgroup.type` and may). They move to one beside the labs', as Docker's own image
 * of an engine does it. Not tried: no machine with v2 was at hand.
 */
function leaveTop(): void {
  if (!existsSync(join(root, 'cgroup.type'))) return;
  const beside = join(root, 'lab-host', 'cgroup.procs');
  mkdirSync(join(root, 'lab-host'), { recursive: true });
  // What starts meanwhile comes with the next round.
  for (let round = 0; round < 20; round += 1) {
    const pids = readFileSync(join(root, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
    if (pids.length === 0) return;
    for (const pid of pids) moveTo(beside, pid);
  }
}

function moveTo(procs: string, pid: string): void {
  try {
    writeFileSync(procs, pid);
  } catch {
    // It has ended, or is one of the kernel's.
  }
}

function write(file: string, value: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  // A controller may be missing; labs still have their own limits.
  if (existsSync(file)) writeFileSync(file, value);
}
