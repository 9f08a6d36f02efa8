import type { WebSocket } from 'ws';
import type { Agent } from '../agent.ts';
import type { Lab } from '../labs/labs.ts';

/** However many events a learner's engine shouts, this often at most one frame says so. */
const frameEveryMs = 50;

/** Says that the lab's engine reported something; what it was stays unread. */
export function engineEventsSocket(agent: Agent, socket: WebSocket, lab: Lab): void {
  if (!lab.handles) {
    socket.close(1013, 'not ready');
    return;
  }
  const events = agent.verifier.engineEvents(lab.handles);
  let timer: NodeJS.Timeout | undefined;
  events.on('data', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (socket.readyState === socket.OPEN) socket.send(Buffer.from([1]), { binary: true });
    }, frameEveryMs);
  });
  // The engine may be down on purpose; whoever listens asks again after a while.
  events.on('close', () => {
    socket.close(1013, 'engine gone');
  });
  events.on('error', () => {
    socket.close(1013, 'engine gone');
  });
  socket.on('close', () => {
    clearTimeout(timer);
    events.destroy();
  });
}
