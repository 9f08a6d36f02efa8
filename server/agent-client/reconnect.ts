/** Keeps a socket to the agent open: opens it again, with growing pauses, each time it closes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { openSocket } from './socket.ts';

const firstPauseMs = 100;
const longestPauseMs = 3_000;

export interface KeptSocket {
  socketPath: string;
  path: string;
  signal: AbortSignal;
  /** Called at once with each new socket, before any frame of it is read. */
  onOpen: (socket: WebSocket) => void;
  /** The socket was closed, or could not be opened. */
  onDown?: ((cause: unknown) => void) | undefined;
}

export function keepOpen(options: KeptSocket): void {
  void run(options);
}

async function run(options: KeptSocket): Promise<void> {
  const { socketPath, path, signal, onOpen, onDown } = options;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      const socket = await openSocket(socketPath, path, signal);
      const closed = closing(socket);
      onOpen(socket);
      pauseMs = firstPauseMs;
      await closed;
      if (!signal.aborted) onDown?.(new Error('the socket was closed'));
    } catch (cause) {
      if (!signal.aborted) onDown?.(cause);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

function closing(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}
