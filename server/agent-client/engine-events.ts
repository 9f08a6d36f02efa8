/** Tells that something happened in a lab's engine. What, is the learner's text and is not read. */
import type { WebSocket } from 'ws';
import { keepOpen } from './reconnect.ts';

export interface EngineFollower {
  signal: AbortSignal;
  onChange: () => void;
}

/** A socket that opens or closes is a change too: the engine came or went. */
export function followEngine(socketPath: string, path: string, follower: EngineFollower): void {
  const { signal, onChange } = follower;
  const onOpen = (socket: WebSocket): void => {
    onChange();
    socket.on('message', onChange);
    socket.once('close', onChange);
  };
  keepOpen({ socketPath, path, signal, onOpen });
}
