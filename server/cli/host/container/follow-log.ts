import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dockerProgram, followLines } from './docker-cli.ts';

const keptLines = 15;

export interface FollowedLog extends AsyncDisposable {
  /** The last lines. */
  last: () => string;
  /** Since the last of them. */
  silentMs: () => number;
}

/** What the container says from its last start on. */
export function followLog(container: string, onLine: (line: string) => void): FollowedLog {
  const child = spawn(dockerProgram, ['logs', '--follow', '--tail', String(keptLines), container], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  let lastAt = performance.now();
  followLines(child, (line) => {
    lines.push(line);
    lines.splice(0, lines.length - keptLines);
    lastAt = performance.now();
    onLine(line.trim());
  });
  return {
    last: () => lines.join('\n'),
    silentMs: () => performance.now() - lastAt,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
