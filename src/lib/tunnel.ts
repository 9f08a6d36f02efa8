// Ships to the browser.
/**
 * The page's end of a tunnel (server/protocol/tunnel.ts): one streamed answer brings what the server says to all sockets
 * of the page; what they say goes in numbered batches, one in flight, so that keys arrive in their order and once.
 */
import {
  encodeFrame,
  FrameReader,
  frameKinds,
  maxBatchBytes,
  tunnelBeatMs,
  type TunnelFrame,
} from '../../server/protocol/tunnel.ts';
import { silenceMs } from '../../server/protocol/limits.ts';
import type { PageSocket } from './page-socket.ts';
import { TunnelSocket } from './tunnel-socket.ts';

/** Between two batches: keys that are held down travel together. */
const gapMs = 15;
const attempts = 5;
const firstPauseMs = 200;
/** A batch is small: what takes longer is lost, and sent again. */
const batchTimeoutMs = 15_000;
/** What a proxy or a limit answers in the server's place. */
const passing = [429, 502, 503, 504];

let tunnel: Tunnel | undefined;

export function openTunnelSocket(path: string): PageSocket {
  if (!tunnel?.alive) tunnel = new Tunnel();
  return tunnel.open(path);
}

class Tunnel {
  readonly #stop = new AbortController();
  readonly #sockets = new Map<number, TunnelSocket>();
  #name: string | undefined;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #channels = 0;
  #batch = 0;
  #sending = false;
  #heardAt = performance.now();

  constructor() {
    const beat = setInterval(() => void this.#send(true), tunnelBeatMs);
    const end = (): void => this.#end();
    this.#stop.signal.addEventListener('abort', () => {
      clearInterval(beat);
      window.removeEventListener('offline', end);
    });
    window.addEventListener('offline', end);
    this.#read().then(end, end);
  }

  /** One that was silent for so long is dead, whatever the browser says. */
  get alive(): boolean {
    return !this.#stop.signal.aborted && performance.now() - this.#heardAt < silenceMs;
  }

  open(path: string): PageSocket {
    const channel = ++this.#channels;
    const socket = new TunnelSocket(path, (kind, payload) => {
      if (kind === frameKinds.close) this.#sockets.delete(channel);
      this.#queue.push(encodeFrame(channel, kind, payload));
      void this.#send();
    });
    this.#sockets.set(channel, socket);
    return socket;
  }

  async #read(): Promise<void> {
    const answer = await fetch('/api/tunnels', { method: 'POST', signal: this.#stop.signal });
    if (!answer.ok || !answer.body) return;
    const frames = new FrameReader();
    const stream = answer.body.getReader();
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return;
      this.#heardAt = performance.now();
      for (const frame of frames.read(value)) this.#take(frame);
    }
  }

  #take({ channel, kind, payload }: TunnelFrame): void {
    if (kind !== frameKinds.ready) {
      const socket = this.#sockets.get(channel);
      if (kind === frameKinds.close) this.#sockets.delete(channel);
      return socket?.take(kind, payload);
    }
    this.#name = new TextDecoder().decode(payload);
    void this.#send();
  }

  /** All that waits, batch after batch; `beat` sends an empty one rather than none. */
  async #send(beat = false): Promise<void> {
    if (this.#sending || this.#name === undefined) return;
    this.#sending = true;
    try {
      do {
        await this.#deliver(this.#nextBatch());
        await pause(gapMs);
      } while (this.#queue.length > 0);
      if (this.#sockets.size === 0 && !beat) this.#end();
    } catch {
      this.#end();
    }
    this.#sending = false;
  }

  #nextBatch(): Blob {
    let size = 0;
    let count = 0;
    for (const frame of this.#queue) {
      if (count > 0 && size + frame.length > maxBatchBytes) break;
      size += frame.length;
      count += 1;
    }
    return new Blob(this.#queue.splice(0, count));
  }

  /** Throws when it cannot be known that it arrived. */
  async #deliver(body: Blob): Promise<void> {
    const url = `/api/tunnels/${this.#name ?? ''}?batch=${String(this.#batch++)}`;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await pause(firstPauseMs * 2 ** attempt);
      this.#stop.signal.throwIfAborted();
      const status = await this.#post(url, body);
      if (status === 204) return;
      if (status !== undefined && !passing.includes(status)) break;
    }
    throw new Error('A batch did not arrive.');
  }

  /** The answer's status; undefined if there was none. */
  #post(url: string, body: Blob): Promise<number | undefined> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(batchTimeoutMs)]);
    const headers = { 'content-type': 'application/octet-stream' };
    return fetch(url, { method: 'POST', headers, body, signal }).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  #end(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of sockets) socket.ended();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
