/** One request to an application in a lab, and its answer. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { requestHeaders, responseHeaders } from './headers.ts';
import { badAnswer, nothingListens, sendPage } from './pages.ts';

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
  outgoing.on('error', (error) =>
    sendPage(response, isNoHttp(error) ? badAnswer(port) : nothingListens(port)),
  );
  response.once('close', () => inner.destroy());
  pipeline(request, outgoing, () => undefined);
}

/**
 * Something answered, and not as HTTP is spoken. Any other failure came before an answer: Docker's proxy takes every
 * connection to a published port, and closes it when nothing listens in the container.
 */
function isNoHttp(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('HPE_');
}
