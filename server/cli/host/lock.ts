/** One process at a time brings the lab host up or takes it down. */
import { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotRun } from '../cannot-run.ts';
import { isRunning } from '../../lab-host/engine/processes.ts';

export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  } catch (error) {
    throw notOurs(dirname(file), error);
  }
  while (!take(file)) await sleep(100);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A lock whose owner is dead is nobody's. */
function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw notOurs(dirname(file), error);
    const owner = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (owner !== '' && !isRunning(Number(owner))) rmSync(file, { force: true });
    return false;
  }
}

function notOurs(dir: string, cause: unknown): CannotRun {
  return new CannotRun(
    `Your user cannot write to ${dir}.`,
    "It may be root's from an earlier start: run it as root, or set STATE_DIR to a folder of your own.",
    cause,
  );
}
