/**
 * Counters of the kernel that the whole machine has, or that count against its root, whichever lab takes from them. Raised
 * while the lab host runs, put back when it is taken down.
 */
import { readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { z } from 'zod';

/** One session key a running container, one inotify instance or more a systemd, and room for 400 labs' processes. */
const wanted: Record<string, number> = {
  // Beyond what a lab's memory can hold: both count against root of the machine, and against each lab's memory.
  'fs/inotify/max_user_instances': 2_147_483_647,
  'fs/inotify/max_user_watches': 2_147_483_647,
  'kernel/keys/maxkeys': 100_000,
  'kernel/keys/maxbytes': 25_000_000,
  'kernel/pid_max': 4_194_304,
  // Their buffers count as nobody's memory, so that this bounds it to some 190 MB; shared-watch.ts bounds each lab's.
  'kernel/pty/max': 8_192,
  // Requests of asynchronous I/O; their memory counts against each lab's.
  'fs/aio-max-nr': 1_000_000_000,
  // As systemd has it: open files count against each lab's memory.
  'fs/file-max': 1_000_000_000_000_000,
  'fs/pipe-user-pages-soft': 0,
  ...namespaces(),
};

/** Those of all labs count against root of the machine too. */
function namespaces(): Record<string, number> {
  const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];
  return Object.fromEntries(kinds.map((kind) => [`user/max_${kind}_namespaces`, 2_147_483_647]));
}

const savedSchema = z.record(z.string(), z.string());

interface Missed {
  /** As sysctl names it. */
  name: string;
  has: string;
  wanted: number;
}

/** Those that are lower than they should be, though they were to be raised. */
export function lowKernelSettings(): Missed[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const has = currentOf(name);
    if (has === undefined || reaches(has, value)) return [];
    return [{ name: sysctl(name), has, wanted: value }];
  });
}

/** Answers what was changed, as `name: before → after`. What may not be changed here is told by `lowKernelSettings`. */
export function raiseKernelSettings(savedFile: string): string[] {
  const saved = existsSync(savedFile)
    ? savedSchema.parse(JSON.parse(readFileSync(savedFile, 'utf8')))
    : {};
  const changed: string[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    const before = currentOf(name);
    if (before === undefined || reaches(before, value)) continue;
    if (!wrote(`/proc/sys/${name}`, value)) continue;
    saved[name] ??= before;
    changed.push(`${sysctl(name)}: ${before} → ${String(value)}`);
  }
  if (changed.length > 0) writeFileSync(savedFile, JSON.stringify(saved));
  return changed;
}

export function restoreKernelSettings(savedFile: string): void {
  if (!existsSync(savedFile)) return;
  const saved = savedSchema.parse(JSON.parse(readFileSync(savedFile, 'utf8')));
  for (const [name, value] of Object.entries(saved)) writeFileSync(`/proc/sys/${name}`, value);
  rmSync(savedFile);
}

/** Undefined where the kernel has no such setting, or shows it to the machine's own root alone. */
function currentOf(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** 0 means without a limit. */
function reaches(has: string, value: number): boolean {
  return has === String(value) || (value !== 0 && Number(has) >= value);
}

function sysctl(name: string): string {
  return name.replaceAll('/', '.');
}

/**
 * Some take a capability that not every root has (CAP_SYS_RESOURCE); each lab has limits of its own there. Root of a user
 * namespace may change none of the machine's, and a container without privileges has all of them read-only.
 */
function wrote(file: string, value: number): boolean {
  try {
    writeFileSync(file, String(value));
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error;
  }
}
