/** One socket of a page in its tunnel, with as much of a WebSocket's ways as the server uses. */
import { EventEmitter } from 'node:events';
import type { RawData } from 'ws';
import { frameBytes } from '../../../agent-client/index.ts';
import type { FrameKind } from '../../../protocol/tunnel.ts';
import { frameKinds } from '../../../protocol/tunnel.ts';
import { closeCodes } from '../close-codes.ts';
import type { PageSocket } from '../page-socket.ts';

interface ChannelEvents {
  message: [data: RawData, isBinary: boolean];
  close: [code: number, reason: Buffer];
  /** What was held back has been taken. */
  drained: [];
}

export interface ChannelWires {
  write: (kind: FrameKind, payload: Uint8Array | string, written?: () => void) => void;
  /** Bytes that wait in the tunnel, of whatever channel. */
  buffered: () => number;
}

const open = 1;
const closed = 3;

export class TunnelChannel extends EventEmitter<ChannelEvents> implements PageSocket {
  readonly OPEN = open;
  readonly #wires: ChannelWires;
  #state: number = open;
  #paused = false;
  #held: { data: Buffer; isBinary: boolean }[] = [];

  constructor(wires: ChannelWires) {
    super();
    this.#wires = wires;
  }

  get readyState(): number {
    return this.#state;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get bufferedAmount(): number {
    return this.#wires.buffered();
  }

  /** Bytes from the page that nobody has taken yet. */
  get heldBytes(): number {
    return this.#held.reduce((sum, { data }) => sum + data.length, 0);
  }

  send(data: RawData | string, { binary }: { binary: boolean }, sent?: () => void): void {
    if (this.#state !== open) return;
    const payload = typeof data === 'string' ? data : frameBytes(data);
    this.#wires.write(binary ? frameKinds.bytes : frameKinds.text, payload, sent);
  }

  close(code: number, reason: string | Buffer = ''): void {
    if (this.#state !== open) return;
    this.#wires.write(frameKinds.close, JSON.stringify({ code, reason: reason.toString() }));
    this.end(code, reason.toString());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const next = this.#held.shift();
      if (!next) break;
      this.emit('message', next.data, next.isBinary);
    }
    if (this.#held.length === 0) this.emit('drained');
  }

  /** A frame of the page. */
  take(data: Buffer, isBinary: boolean): void {
    if (this.#state !== open) return;
    if (this.#paused || this.#held.length > 0) this.#held.push({ data, isBinary });
    else this.emit('message', data, isBinary);
  }

  /** The other side closed it, or the tunnel is gone. */
  end(code: number = closeCodes.normal, reason = ''): void {
    if (this.#state !== open) return;
    this.#state = closed;
    // As a WebSocket does: never within the call that closes it. What was typed before still counts.
    setImmediate(() => {
      this.resume();
      this.emit('close', code, Buffer.from(reason));
    });
  }
}
