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

/** Answers what was changed, as `name: before → after`. */
export function raiseKernelSettings(savedFile: string): string[] {
  const saved = existsSync(savedFile)
    ? savedSchema.parse(JSON.parse(readFileSync(savedFile, 'utf8')))
    : {};
  const changed: string[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    const file = `/proc/sys/${name}`;
    if (!existsSync(file)) continue;
    const before = readFileSync(file, 'utf8').trim();
    const unlimited = value === 0;
    if (before === String(value) || (!unlimited && Number(before) >= value)) continue;
    if (!wrote(file, value)) continue;
    saved[name] ??= before;
    changed.push(`${name.replaceAll('/', '.')}: ${before} → ${String(value)}`);
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

/** Some take a capability that not every root has (CAP_SYS_RESOURCE); each lab has limits of its own there. */
function wrote(file: string, value: number): boolean {
  try {
    writeFileSync(file, String(value));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return false;
    throw error;
  }
}
