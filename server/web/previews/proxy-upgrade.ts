/** A WebSocket (or another upgrade) to an application in a lab. */
import { request as httpRequest, STATUS_CODES } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { requestHeaders, responseHeaders } from './headers.ts';

export interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  /** What came after the request's head already. */
  head: Buffer;
}

export function proxyUpgrade(
  { request, socket, head }: Upgrade,
  inner: Duplex,
  siteProtocol: string,
): void {
  const protocol = request.headers.upgrade ?? 'websocket';
  const outgoing = httpRequest({
    createConnection: () => inner,
    method: request.method,
    path: request.url,
    headers: {
      ...requestHeaders(request.headers, siteProtocol),
      connection: 'Upgrade',
      upgrade: protocol,
    },
  });
  socket.on('error', () => inner.destroy());
  outgoing.on('error', () => socket.destroy());
  outgoing.on('response', (answer) => {
    writeHead(socket, answer, { connection: 'close' });
    pipeline(answer, socket, () => inner.destroy());
  });
  outgoing.on('upgrade', (answer, tunnel, rest) => {
    writeHead(socket, answer, { connection: 'Upgrade', upgrade: answer.headers.upgrade });
    if (rest.length > 0) tunnel.unshift(rest);
    if (head.length > 0) socket.unshift(head);
    pipeline(socket, tunnel, () => tunnel.destroy());
    pipeline(tunnel, socket, () => socket.destroy());
  });
  outgoing.end();
}

function writeHead(socket: Duplex, answer: IncomingMessage, more: OutgoingHttpHeaders): void {
  const status = answer.statusCode ?? 502;
  const headers = { ...responseHeaders(answer.headers, { origin: '', port: 0 }), ...more };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined)
      .map((one) => `${name}: ${one}`),
  );
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`);
}
