/** Which processes run. Linux tells by /proc; a Mac, where only the command line runs, by `ps`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Program and arguments; undefined if there is no such process. */
export function commandOf(pid: number, proc = '/proc'): string | undefined {
  if (!existsSync(`${proc}/self`)) return commandByPs(pid);
  try {
    return readFileSync(`${proc}/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return undefined;
  }
}

/** The process that a pid file names, if it lives and is the program it should be. */
export function readPid(file: string, program: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').trim());
  if (!Number.isInteger(pid) || pid < 2) return undefined;
  return commandOf(pid)?.includes(program) === true ? pid : undefined;
}

function commandByPs(pid: number): string | undefined {
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}
