// Ships to the browser.
/** The page's one socket for events: opens again by itself, with growing pauses. */
import type { PageEvent, PageMessage } from '../../server/protocol/api.ts';
import { Backoff } from './backoff.ts';
import { pageEvent } from './messages.ts';
import { Pulse } from './pulse.ts';
import { socketUrl } from './socket-url.ts';

interface Listeners {
  opened: () => void;
  closed: () => void;
  received: (event: PageEvent) => void;
  /** Something changed that was not said so that it could be read. */
  unreadable: () => void;
}

export class EventsSocket {
  #socket: WebSocket | undefined;
  readonly #backoff = new Backoff(() => this.open());
  readonly #on: Listeners;
  readonly #pulse = new Pulse(() => this.#drop());

  constructor(on: Listeners) {
    this.#on = on;
  }

  open(): void {
    if (this.#socket) return;
    const socket = new WebSocket(socketUrl('/api/events'));
    this.#socket = socket;
    this.#pulse.heard();
    socket.addEventListener('open', () => {
      this.#backoff.reset();
      this.#on.opened();
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#receive(data);
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#drop();
    });
  }

  send(message: PageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** One that is dead may take minutes to close: its end is not waited for. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#pulse.rest();
    socket?.close();
    this.#on.closed();
    this.#backoff.again();
  }

  #receive(data: unknown): void {
    this.#pulse.heard();
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
