/** Which commands use the lab host now: a file each, named by process id. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../lab-host/engine/processes.ts';

export function register(runDir: string): void {
  mkdirSync(folder(runDir), { recursive: true });
  writeFileSync(join(folder(runDir), String(process.pid)), '');
}

export function unregister(runDir: string): void {
  rmSync(join(folder(runDir), String(process.pid)), { force: true });
}

export function othersUseIt(runDir: string): boolean {
  const users = existsSync(folder(runDir)) ? readdirSync(folder(runDir)) : [];
  return users.some((pid) => pid !== String(process.pid) && isRunning(Number(pid)));
}

function folder(runDir: string): string {
  return join(runDir, 'users');
}
