// Ships to the browser.
/**
 * One viewer of one terminal: the socket, its reconnection and its flow control. It knows bytes and messages, and nothing
 * of the screen.
 */
import { ackEveryBytes } from '../../../server/protocol/limits.ts';
import type {
  TerminalClientMessage,
  TerminalServerMessage,
} from '../../../server/protocol/terminal.ts';
import { Backoff } from '../../lib/backoff.ts';
import { terminalMessage } from '../../lib/messages.ts';
import { dataOf, openPageSocket, socketOpen, type PageSocket } from '../../lib/page-socket.ts';
import { Pulse } from '../../lib/pulse.ts';

export interface Size {
  cols: number;
  rows: number;
}

/** `ended`: the shell is gone and the socket stays closed until it is opened again. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended' | 'closed';

interface Handlers {
  bytes: (bytes: Uint8Array) => void;
  message: (message: TerminalServerMessage) => void;
  connection: (connection: Connection) => void;
}

export class TerminalSocket {
  readonly #path: string;
  readonly #size: () => Size;
  readonly #on: Handlers;
  readonly #backoff = new Backoff(() => this.open());
  readonly #pulse = new Pulse(() => this.#drop());
  #socket: PageSocket | undefined;
  #connection: Connection = 'closed';
  #processed = 0;
  #acked = 0;

  constructor(options: { lab: string; number: number; size: () => Size }, on: Handlers) {
    this.#path = `/api/labs/${options.lab}/terminals/${options.number}`;
    this.#size = options.size;
    this.#on = on;
  }

  get connection(): Connection {
    return this.#connection;
  }

  open(): void {
    if (this.#socket) return;
    const { cols, rows } = this.#size();
    const socket = openPageSocket(`${this.#path}?cols=${cols}&rows=${rows}`);
    this.#socket = socket;
    this.#processed = 0;
    this.#acked = 0;
    if (this.#connection !== 'reconnecting') this.#turn('connecting');
    this.#pulse.heard();
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket) this.#receive(dataOf(event));
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#drop();
    });
  }

  input(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState !== socketOpen) return;
    this.#socket.send(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  send(message: TerminalClientMessage): void {
    if (this.#socket?.readyState === socketOpen) this.#socket.send(JSON.stringify(message));
  }

  /** So many more bytes are on the screen; the other side sends only so far ahead. */
  processed(bytes: number): void {
    this.#processed += bytes;
    if (this.#processed - this.#acked < ackEveryBytes) return;
    this.#acked = this.#processed;
    this.send({ type: 'ack', bytes: this.#acked });
  }

  close(): void {
    this.#backoff[Symbol.dispose]();
    this.#pulse[Symbol.dispose]();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#turn('closed');
  }

  #receive(data: unknown): void {
    this.#pulse.heard();
    if (data instanceof ArrayBuffer) return this.#on.bytes(new Uint8Array(data));
    if (typeof data !== 'string') return;
    const message = terminalMessage(JSON.parse(data));
    if (!message) return;
    if (message.type === 'live') {
      this.#backoff.reset();
      this.#turn('live');
    }
    if (message.type === 'exit') this.#turn('ended');
    this.#on.message(message);
  }

  /** Closed, or dead without having closed. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#pulse.rest();
    socket?.close();
    if (this.#connection === 'ended') return;
    this.#turn('reconnecting');
    this.#backoff.again();
  }

  #turn(connection: Connection): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    this.#on.connection(connection);
  }
}
