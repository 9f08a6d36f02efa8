/** One request to an application in a lab, and its answer. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { requestHeaders, responseHeaders } from './headers.ts';
import { badAnswer, sendPage } from './pages.ts';

export interface ProxyOptions {
  /** A connection to the port, for this request alone. */
  inner: Duplex;
  request: IncomingMessage;
  response: ServerResponse;
  siteProtocol: string;
  origin: string;
  port: number;
}

export function proxyRequest({
  inner,
  request,
  response,
  siteProtocol,
  origin,
  port,
}: ProxyOptions): void {
  const outgoing = httpRequest({
    createConnection: () => inner,
    method: request.method,
    path: request.url,
    headers: { ...requestHeaders(request.headers, siteProtocol), connection: 'close' },
  });
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, responseHeaders(answer.headers, { origin, port }));
    pipeline(answer, response, () => inner.destroy());
  });
  outgoing.on('error', () => sendPage(response, badAnswer(port)));
  response.once('close', () => inner.destroy());
  pipeline(request, outgoing, () => undefined);
}
