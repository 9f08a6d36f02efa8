// Ships to the browser.
/** One socket of the page in its tunnel; to who holds it, it behaves as a WebSocket. */
import { frameKinds, type FrameKind } from '../../server/protocol/tunnel.ts';
import type { PageSocket } from './page-socket.ts';

const state = { connecting: 0, open: 1, closed: 3 } as const;

type Send = (kind: FrameKind, payload: Uint8Array | string) => void;

export class TunnelSocket extends EventTarget implements PageSocket {
  readonly #send: Send;
  #state: number = state.connecting;

  constructor(path: string, send: Send) {
    super();
    this.#send = send;
    send(frameKinds.open, path);
  }

  get readyState(): number {
    return this.#state;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#state !== state.open) return;
    this.#send(typeof data === 'string' ? frameKinds.text : frameKinds.bytes, data);
  }

  close(): void {
    if (this.#state === state.closed) return;
    this.#send(frameKinds.close, '{}');
    this.ended();
  }

  /** A frame of the server: its first one says that the socket is open. */
  take(kind: FrameKind, payload: Uint8Array<ArrayBuffer>): void {
    if (kind === frameKinds.close) return this.ended();
    if (this.#state === state.connecting) {
      this.#state = state.open;
      this.dispatchEvent(new Event('open'));
    }
    const data = kind === frameKinds.text ? new TextDecoder().decode(payload) : payload.buffer;
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  /** Closed by the other side, or the tunnel is gone. */
  ended(): void {
    if (this.#state === state.closed) return;
    this.#state = state.closed;
    this.dispatchEvent(new Event('close'));
  }
}
