/** The cgroup above all labs: together they leave memory to the machine and to Drydock, and yield the CPU to both. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';

const root = '/sys/fs/cgroup';
const memoryLeftBytes = 1.5 * 1024 ** 3;

export function limitAllLabs({ cgroupParent }: LabHostPaths): void {
  const max = String(Math.max(memoryLeftBytes, totalMemory() - memoryLeftBytes));
  if (existsSync(join(root, 'cgroup.controllers'))) {
    write(join(root, 'cgroup.subtree_control'), '+memory +cpu +pids');
    write(join(root, cgroupParent, 'memory.max'), max);
    write(join(root, cgroupParent, 'cpu.weight'), '50');
  } else {
    write(join(root, 'memory', cgroupParent, 'memory.limit_in_bytes'), max);
    write(join(root, 'cpu', cgroupParent, 'cpu.shares'), '512');
  }
}

function totalMemory(): number {
  const match = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}

function write(file: string, value: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  // A controller may be missing; labs still have their own limits.
  if (existsSync(file)) writeFileSync(file, value);
}
