/**
 * squashfuse: shows a squashfs where the kernel does not mount one, as for root of a user namespace. One process for each
 * file, which outlives the agent as a mount of the kernel's would, and is ended with the lab host.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMountPoint } from './mounts.ts';
import { runCommand } from './run-command.ts';

const program = 'squashfuse_ll';

export interface SquashfsServer {
  pid: number;
  file: string;
  mountPoint: string;
}

/** `refused`: why the kernel did not; said if this does not work either. */
export async function serveSquashfs(
  file: string,
  mountPoint: string,
  refused: string,
): Promise<void> {
  const options = 'allow_other,default_permissions,ro,nodev';
  try {
    // It goes into the background once it serves.
    await runCommand(program, ['-o', options, file, mountPoint]);
  } catch (error) {
    throw new Error(`The layers of the images can be mounted by nobody:\n${refused}`, {
      cause: error,
    });
  }
  for (let waited = 0; !isMountPoint(mountPoint); waited += 20) {
    if (waited > 5_000) throw new Error(`${program} does not serve ${file}.`);
    await sleep(20);
  }
}

/** Of the whole machine. */
export function squashfsServers(): SquashfsServer[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const [own = '', ...args] = commandLine(name);
      const [mountPoint = '', file = ''] = args.filter((arg) => arg !== '').reverse();
      const ours = own.split('/').at(-1) === program;
      return ours ? [{ pid: Number(name), file, mountPoint }] : [];
    });
}

/** Those that show something below a folder. */
export function endSquashfsServers(below: string): void {
  for (const { pid, mountPoint } of squashfsServers())
    if (mountPoint.startsWith(`${below}/`)) end(pid);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
