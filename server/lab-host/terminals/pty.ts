/** node-pty with the byte interface that it has and its types leave out. */
import { spawn, type IPty } from '@lydell/node-pty';

export interface BytePty extends Omit<IPty, 'write' | 'onData'> {
  write: (bytes: Buffer) => void;
  onData: (listener: (bytes: Buffer) => void) => void;
}

const hostPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function spawnPty(
  program: string,
  args: string[],
  size: { cols: number; rows: number },
): BytePty {
  const pty: unknown = spawn(program, args, {
    ...size,
    name: 'xterm-256color',
    encoding: null,
    env: { PATH: hostPath },
  });
  // `encoding: null` makes it read and take Buffers: unixTerminal.js hands them to its socket as they are.
  return pty as BytePty;
}
