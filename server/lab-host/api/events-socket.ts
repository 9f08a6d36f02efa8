import type { WebSocket } from 'ws';
import type { AgentEvent } from '../../protocol/agent.ts';
import type { Agent } from '../agent.ts';

/** What happens to labs, and the lease's sign of life. */
export function eventsSocket(agent: Agent, socket: WebSocket, lease: string): void {
  const send = (event: AgentEvent): void => {
    socket.send(JSON.stringify(event));
  };
  send({ type: 'hello', version: agent.version });
  agent.labs.on('event', send);
  agent.terminals.on('event', send);
  agent.limits.on('event', send);
  const release = agent.leases.hold(lease);
  socket.on('close', () => {
    agent.labs.off('event', send);
    agent.terminals.off('event', send);
    agent.limits.off('event', send);
    release();
  });
}
