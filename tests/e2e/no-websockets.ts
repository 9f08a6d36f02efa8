/** A proxy as some companies have one: it lets requests through, and no WebSocket. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BlockingProxy extends AsyncDisposable {
  url: string;
  /** Upgrades that were refused. */
  refused: number;
}

/** `how`: answers 426, or drops the connection without a word. */
export async function startBlockingProxy(
  target: string,
  how: 'answers' | 'drops',
): Promise<BlockingProxy> {
  const server = createServer((request, response) => pass(target, request, response));
  const proxy: BlockingProxy = {
    url: '',
    refused: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('upgrade', (_request, socket) => {
    proxy.refused += 1;
    if (how === 'drops') socket.destroy();
    else socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  proxy.url = `http://127.0.0.1:${String(port)}`;
  return proxy;
}

function pass(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url } = request;
  const onward = ask(`${target}${url ?? '/'}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
