/** A terminal of a lab; its frames are described in `server/protocol/terminal.ts`. */
import type { WebSocket } from 'ws';
import type { ViewerRole } from '../protocol/terminal.ts';
import { openSocket } from './socket.ts';

export interface TerminalOptions {
  cols: number;
  rows: number;
  /** Default `control`. */
  role?: ViewerRole;
  signal?: AbortSignal;
}

export function openTerminal(
  socketPath: string,
  path: string,
  options: TerminalOptions,
): Promise<WebSocket> {
  const { cols, rows, role = 'control', signal } = options;
  const query = new URLSearchParams({ cols: String(cols), rows: String(rows), role });
  return openSocket(socketPath, `${path}?${query.toString()}`, signal);
}
