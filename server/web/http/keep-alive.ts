/** Finds out about browsers that went away without a word. */
import type { WebSocket } from 'ws';

const pingEveryMs = 25_000;

export function keepAlive(socket: WebSocket): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingEveryMs);
  socket.on('pong', () => (answered = true));
  socket.once('close', () => clearInterval(timer));
}
