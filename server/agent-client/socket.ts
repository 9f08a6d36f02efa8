/** A WebSocket to the agent, over its Unix socket. */
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { errorOf, hostDown } from './failures.ts';

/** More than a replay in one frame would take. */
const maxFrameBytes = 4 * 1024 * 1024;
const openTimeoutMs = 10_000;

/**
 * Resolves when the socket is open; a refusal has the agent's own error. The signal also closes an open socket.
 * Its frames come from the next turn of the event loop on: no frame is lost to a caller that listens at once.
 */
export function openSocket(
  socketPath: string,
  path: string,
  signal?: AbortSignal,
): Promise<WebSocket> {
  signal?.throwIfAborted();
  const socket = new WebSocket(`ws+unix:${socketPath}:${path}`, {
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    handshakeTimeout: openTimeoutMs,
  });
  const abort = (): void => socket.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal?.removeEventListener('abort', abort));

  return new Promise((resolve, reject) => {
    socket.on('error', (cause) => reject(hostDown(cause)));
    socket.once('unexpected-response', (_request, response) => {
      text(response).then((body) => reject(errorOf(response.statusCode ?? 500, body)), reject);
      response.once('end', () => socket.terminate());
    });
    socket.once('open', () => {
      socket.pause();
      setImmediate(() => socket.resume());
      resolve(socket);
    });
  });
}
