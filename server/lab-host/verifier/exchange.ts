import type { Socket } from 'node:net';
import { maxAnswerBytes } from '../../protocol/questions.ts';
import { decodeAnswer, maxEndBytes, unanswered, type Ended } from './wire.ts';

export interface Exchange {
  connect: () => Promise<Socket>;
  request: Buffer;
  withinMs: number;
  signal: AbortSignal;
}

/** The helper keeps the time; this is for a helper that does not. */
const graceMs = 2_000;
/** How long the helper may take to end what it was doing for somebody who is gone. */
const hangUpMs = 1_000;

/** Asks one question on a connection of its own and reads until the helper hangs up. */
export async function exchange({ connect, request, withinMs, signal }: Exchange): Promise<Ended> {
  let socket: Socket;
  try {
    socket = await connect();
  } catch (error) {
    return refused('u', error instanceof Error ? error.message : String(error));
  }
  socket.write(request);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let settle = (): void => {
      resolve(decodeAnswer(Buffer.concat(chunks)));
    };
    /** Once it has read the end of its input, the helper ends the work and then the connection. */
    const stop = (outcome: () => void): void => {
      settle = outcome;
      socket.end();
      setTimeout(() => socket.destroy(), hangUpMs).unref();
    };
    const onAbort = (): void => {
      stop(() => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      });
    };
    const timer = setTimeout(() => {
      stop(() => {
        resolve(refused('t', 'The helper did not answer in time.'));
      });
    }, withinMs + graceMs);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    socket.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxAnswerBytes + maxEndBytes) chunks.push(chunk);
      else if (chunks.length > 0) {
        chunks.length = 0;
        stop(() => {
          resolve(refused('l', 'The answer is longer than 4 MiB.'));
        });
      }
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
    });
  });
}

function refused(letter: string, detail: string): Ended {
  return { letter, answer: unanswered(letter, detail) };
}
