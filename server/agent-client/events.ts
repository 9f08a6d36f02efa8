/** The agent's event stream, which also keeps a lease alive. */
import type { RawData, WebSocket } from 'ws';
import type { AgentEvent } from '../protocol/agent.ts';
import { agentEventSchema } from '../protocol/agent.ts';
import { frameText } from './frames.ts';
import { keepOpen } from './reconnect.ts';

export interface EventOptions {
  lease: string;
  signal: AbortSignal;
  /** Each connection begins with `hello`: after the second one, what happened between is not known. */
  onEvent: (event: AgentEvent) => void;
  onDown?: (cause: unknown) => void;
}

/** `opened` resolves when the lease is alive for the first time, and never rejects. */
export function followEvents(socketPath: string, options: EventOptions): { opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onOpen = (socket: WebSocket): void => {
    resolve();
    keepAlive(socket);
    socket.on('message', (data, isBinary) => {
      const event = isBinary ? undefined : parseEvent(data);
      if (event) options.onEvent(event);
    });
  };
  const { lease, signal, onDown } = options;
  keepOpen({
    socketPath,
    path: `/events?lease=${encodeURIComponent(lease)}`,
    signal,
    onOpen,
    onDown,
  });
  return { opened: promise };
}

const pingEveryMs = 5_000;

/** An agent that is stopped or stuck keeps its sockets open: only a ping that stays unanswered shows it. */
function keepAlive(socket: WebSocket): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingEveryMs);
  timer.unref();
  socket.on('pong', () => (answered = true));
  socket.once('close', () => clearInterval(timer));
}

/** An event of a newer agent is left out. */
function parseEvent(data: RawData): AgentEvent | undefined {
  try {
    return agentEventSchema.safeParse(JSON.parse(frameText(data))).data;
  } catch {
    return undefined;
  }
}
