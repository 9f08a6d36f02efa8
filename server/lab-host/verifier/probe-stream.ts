import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { answered, unanswered } from './wire.ts';

export interface ProbeStreamOptions {
  connecting: Promise<Socket>;
  request: Buffer;
  signal: AbortSignal;
  /** The helper neither opened the stream nor gave up in its time: the lab holds it in the kernel. */
  onStuck: () => void;
}

/** The helper gives up after three. */
const openTimeoutMs = 5_000;

/** A connection through the helper: what the first letter says decides whether it opens, then bytes pass as they are. */
export class ProbeStream extends Duplex {
  #socket: Socket | undefined;
  readonly #opened: Promise<Socket>;

  constructor({ connecting, request, signal, onStuck }: ProbeStreamOptions) {
    super({ allowHalfOpen: true, signal });
    const timer = setTimeout(() => {
      onStuck();
      this.destroy(new Error('timeout: a file system of the lab does not answer'));
    }, openTimeoutMs);
    this.once('close', () => {
      clearTimeout(timer);
    });
    this.#opened = this.#open(connecting, request);
    this.#opened.then(
      () => {
        clearTimeout(timer);
      },
      (error: unknown) => {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  async #open(connecting: Promise<Socket>, request: Buffer): Promise<Socket> {
    const socket = await connecting;
    if (this.destroyed) socket.destroy();
    this.#socket = socket;
    socket.on('error', (error) => this.destroy(error));
    socket.write(request);
    const letter = await firstByte(socket);
    if (letter !== answered) throw new Error(await whyNot(socket, letter));
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    // The helper ends with the lab's side; what it has sent may still be unread here.
    socket.on('end', () => {
      this.push(null);
      this.end();
    });
    return socket;
  }

  override _read(): void {
    if (this.#socket?.listenerCount('data')) this.#socket.resume();
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#opened.then((socket) => socket.write(chunk, done), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#opened.then((socket) => socket.end(done), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket?.destroy();
    done(error);
  }
}

function firstByte(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const byte: unknown = socket.read(1);
      if (!Buffer.isBuffer(byte)) return;
      socket.off('readable', look);
      resolve(byte.toString('latin1'));
    };
    socket.on('readable', look);
    socket.once('close', () => {
      reject(new Error('The helper ended without a word.'));
    });
  });
}

async function whyNot(socket: Socket, letter: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const { reason, detail } = unanswered(letter, Buffer.concat(chunks).toString());
  return `${reason}: ${detail}`;
}
