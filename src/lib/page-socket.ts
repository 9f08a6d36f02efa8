// Ships to the browser.
/**
 * Opens the page's sockets: WebSockets, or, once those are known to be blocked on the way, channels of a tunnel over plain
 * HTTP. What decides is the events socket, the first one of every page: the server speaks there at once.
 */
import { getHealth } from './api.ts';

/** As much of a WebSocket as the page uses. */
export interface PageSocket {
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  /** A message is a `MessageEvent`, its data a text or an ArrayBuffer. */
  addEventListener(type: 'open' | 'message' | 'close', listener: (event: Event) => void): void;
}

export const socketOpen = 1;

/** So often a WebSocket must have failed while the server answered over HTTP. */
const failuresToDoubt = 2;
/** For this browser tab: asked anew in the next one, since the way may be another. */
const memory = 'drydock:sockets';

let failures = 0;
let openChannel: ((path: string) => PageSocket) | undefined;

export function openPageSocket(path: string): PageSocket {
  if (openChannel) return openChannel(path);
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url.href);
  socket.binaryType = 'arraybuffer';
  return socket;
}

export function dataOf(event: Event): unknown {
  return event instanceof MessageEvent ? event.data : undefined;
}

export function isOverHttp(): boolean {
  return openChannel !== undefined;
}

/** Before the first socket: what this browser tab has learned on an earlier page. */
export async function rememberTransport(): Promise<void> {
  if (sessionStorage.getItem(memory) === 'http') await useHttp();
}

export function webSocketWorks(): void {
  failures = 0;
}

/** A WebSocket was closed, or said nothing, before its first frame. A server that is away proves nothing. */
export async function webSocketFailed(): Promise<void> {
  if (isOverHttp() || !(await serverAnswers())) return;
  failures += 1;
  if (failures < failuresToDoubt) return;
  await useHttp();
  sessionStorage.setItem(memory, 'http');
}

async function useHttp(): Promise<void> {
  openChannel = (await import('./tunnel.ts')).openTunnelSocket;
}

function serverAnswers(): Promise<boolean> {
  return getHealth().then(
    () => true,
    () => false,
  );
}
