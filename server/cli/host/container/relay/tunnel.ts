/**
 * What both ends of the relay share: one byte stream (the stdio of a `docker exec`) that carries an HTTP/2 session, in
 * which each connection to the agent is a CONNECT stream. HTTP/2 brings what a multiplexer needs: flow control a stream,
 * half-close, reset.
 */
import { constants, type Http2Stream } from 'node:http2';
import { Duplex, type Readable, type Writable } from 'node:stream';

/** How far a stream may run ahead of who reads it; what a terminal that nobody reads costs in memory. */
const streamWindowBytes = 512 * 1024;
/** Never what holds a stream up: Node gives the session's credit back at once, each stream's when it is read. */
export const sessionWindowBytes = 256 * 1024 * 1024;

export const sessionOptions = {
  settings: {
    initialWindowSize: streamWindowBytes,
    maxConcurrentStreams: 10_000,
    maxFrameSize: 64 * 1024,
    enablePush: false,
  },
  /** MB; its default of 10 would refuse streams as soon as some stand still. */
  maxSessionMemory: 1024,
};

/** Both ways, until both are at their end; one that breaks breaks the other. */
export function joinBoth(socket: Duplex, stream: Http2Stream): void {
  socket.pipe(stream);
  stream.pipe(socket);
  const cancel = (): void => stream.close(constants.NGHTTP2_CANCEL);
  socket.once('error', cancel);
  socket.once('close', () => {
    if (!socket.readableEnded || !socket.writableFinished) cancel();
  });
  // Its close, which follows, says the same.
  stream.on('error', () => undefined);
  stream.once('close', () => {
    if (!stream.readableEnded || stream.rstCode !== constants.NGHTTP2_NO_ERROR) socket.destroy();
  });
}

/** Two one-way streams as one; `Duplex.from` does the same with a promise for every chunk. */
export function duplexOf(readable: Readable, writable: Writable): Duplex {
  const duplex = new Duplex({
    read: () => {
      readable.resume();
    },
    write: (chunk, encoding, done) => {
      writable.write(chunk, encoding, done);
    },
    final: (done) => {
      writable.end(done);
    },
    destroy: (error, done) => {
      readable.destroy();
      writable.destroy();
      done(error);
    },
  });
  readable.on('data', (chunk) => {
    if (!duplex.push(chunk)) readable.pause();
  });
  readable.once('end', () => duplex.push(null));
  readable.once('close', () => duplex.destroy());
  for (const end of [readable, writable]) end.once('error', (error) => duplex.destroy(error));
  return duplex;
}
