/** Requests and sockets as a browser, a tool or a hostile page could send them: every header is the caller's. */
import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';

export interface WebQuestion {
  method?: string;
  /** Sent as it is. */
  path: string;
  headers?: Record<string, string>;
  json?: unknown;
  body?: string;
}

export interface WebAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const timeoutMs = 15_000;

export function ask(
  port: number,
  { method = 'GET', path, headers = {}, json, body }: WebQuestion,
): Promise<WebAnswer> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const all = {
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    host: `127.0.0.1:${String(port)}`,
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: all,
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer });
        }, reject);
      },
    );
    asked.on('error', reject);
    asked.end(sent);
  });
}

export interface OpenedSocket {
  /** 101 if it opened, else the status of the refusal. */
  status: number;
  socket: WebSocket;
}

export function openSocket(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<OpenedSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}${path}`, {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: timeoutMs,
    maxPayload: 64 * 1024 * 1024,
  });
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      reject(error);
    });
    socket.on('open', () => {
      resolve({ status: 101, socket });
    });
    socket.on('unexpected-response', (asked, response) => {
      response.resume();
      asked.destroy();
      resolve({ status: response.statusCode ?? 0, socket });
    });
  });
}
