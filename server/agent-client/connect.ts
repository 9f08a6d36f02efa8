/** A TCP connection into a lab's network, carried by an upgraded HTTP connection. */
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { errorOf, hostDown } from './failures.ts';

const connectTimeoutMs = 10_000;

/** The signal ends the connecting and, later, the connection. */
export function connectToPort(
  socketPath: string,
  path: string,
  signal?: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'drydock-tcp' };
    const outgoing = request({ socketPath, path, headers, ...(signal ? { signal } : {}) });
    outgoing.setTimeout(connectTimeoutMs, () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (cause) => reject(signal?.aborted ? cause : hostDown(cause)));
    outgoing.on('response', (response) => {
      text(response).then((body) => reject(errorOf(response.statusCode ?? 500, body)), reject);
    });
    outgoing.on('upgrade', (_response, socket, head) => {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    outgoing.end();
  });
}
