// Ships to the browser.
/** The page's one socket for events: opens again by itself, with growing pauses. */
import type { PageEvent, PageMessage } from '../../server/protocol/api.ts';
import { Backoff } from './backoff.ts';
import { pageEvent } from './messages.ts';
import {
  dataOf,
  isOverHttp,
  openPageSocket,
  socketOpen,
  webSocketFailed,
  webSocketWorks,
  type PageSocket,
} from './page-socket.ts';
import { Pulse } from './pulse.ts';

interface Listeners {
  opened: () => void;
  closed: () => void;
  received: (event: PageEvent) => void;
  /** Something changed that was not said so that it could be read. */
  unreadable: () => void;
}

/** The server speaks at once; a proxy that keeps the handshake to itself says nothing at all. */
const firstFrameMs = 6_000;

export class EventsSocket {
  #socket: PageSocket | undefined;
  /** Runs until the first frame. */
  #patience: ReturnType<typeof setTimeout> | undefined;
  readonly #backoff = new Backoff(() => this.open());
  readonly #on: Listeners;
  readonly #pulse = new Pulse(() => this.#drop());

  constructor(on: Listeners) {
    this.#on = on;
  }

  open(): void {
    if (this.#socket) return;
    const socket = openPageSocket('/api/events');
    this.#socket = socket;
    this.#pulse.heard();
    if (!isOverHttp()) this.#patience = setTimeout(() => this.#drop(), firstFrameMs);
    socket.addEventListener('open', () => {
      this.#backoff.reset();
      this.#on.opened();
    });
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket) this.#receive(dataOf(event));
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#drop();
    });
  }

  send(message: PageMessage): void {
    if (this.#socket?.readyState === socketOpen) this.#socket.send(JSON.stringify(message));
  }

  /** One that is dead may take minutes to close: its end is not waited for. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#pulse.rest();
    socket?.close();
    this.#on.closed();
    if (this.#patience === undefined) return this.#backoff.again();
    this.#heardFirst();
    void webSocketFailed().then(() => this.#backoff.again());
  }

  #heardFirst(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #receive(data: unknown): void {
    this.#pulse.heard();
    this.#heardFirst();
    webSocketWorks();
    if (typeof data !== 'string') return;
    let event: PageEvent | undefined;
    try {
      event = pageEvent(JSON.parse(data));
    } catch (error) {
      console.error('An event was not understood; the labs are asked for anew.', error);
      return this.#on.unreadable();
    }
    if (event) this.#on.received(event);
  }
}
