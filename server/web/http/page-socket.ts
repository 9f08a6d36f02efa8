/** A socket of a page, whichever way its frames travel: a WebSocket is one, a channel of a tunnel another. */
import type { Gauge } from 'prom-client';
import type { RawData } from 'ws';

export interface PageSocket {
  readonly readyState: number;
  readonly OPEN: 1;
  readonly isPaused: boolean;
  /** Bytes that were sent and have not left this process. */
  readonly bufferedAmount: number;
  /** `sent` is called when it has left. */
  send(data: RawData | string, options: { binary: boolean }, sent?: () => void): void;
  close(code: number, reason?: string | Buffer): void;
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (data: RawData, isBinary: boolean) => void): unknown;
  once(event: 'close', listener: (code: number, reason: Buffer) => void): unknown;
}

export interface Way {
  socket: PageSocket;
  transport: 'websocket' | 'http';
}

/** Where a page's sockets lead: the rules are the same whichever way the frames travel. */
export interface Door<Request> {
  /** Throws if this learner may not open it (or not one more). */
  check: (owner: string, request: Request) => void;
  /** Takes the socket over. */
  serve: (owner: string, request: Request, way: Way) => void;
}

/** Until it closes. */
export function countSocket(
  sockets: Gauge,
  kind: 'events' | 'terminal',
  { socket, transport }: Way,
): void {
  const gauge = sockets.labels({ kind, transport });
  gauge.inc();
  socket.once('close', () => gauge.dec());
}
