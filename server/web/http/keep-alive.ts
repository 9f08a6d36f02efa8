/**
 * Finds out about browsers that went away without a word, and lets pages find out about a server that did: a page never
 * sees a WebSocket's own pings.
 */
import type { WebSocket } from 'ws';
import { beatEveryMs } from '../../protocol/limits.ts';
import type { PageSocket } from './page-socket.ts';

const pingEveryMs = 25_000;
/** The same message in both protocols of the page, events and terminal. */
const beat = JSON.stringify({ type: 'beat' });

export function keepAlive(socket: WebSocket): void {
  let answered = true;
  const ping = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingEveryMs);
  socket.on('pong', () => (answered = true));
  socket.once('close', () => clearInterval(ping));
  beatOn(socket);
}

export function beatOn(socket: PageSocket): void {
  const beats = setInterval(() => {
    // One that is behind has more to hear than that.
    if (socket.readyState === socket.OPEN && socket.bufferedAmount === 0)
      socket.send(beat, { binary: false });
  }, beatEveryMs);
  socket.once('close', () => clearInterval(beats));
}
