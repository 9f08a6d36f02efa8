/** One socket that looks at a terminal, and how far behind it is. */
import type { WebSocket } from 'ws';
import {
  highWatermarkBytes,
  lowWatermarkBytes,
  type TerminalServerMessage,
  type ViewerRole,
} from '../../protocol/terminal.ts';

export class Viewer {
  readonly socket: WebSocket;
  role: ViewerRole;
  /** Output was left out for this viewer; it gets a fresh replay once it has caught up. */
  stale = false;
  #sent = 0;
  #acknowledged = 0;

  constructor(socket: WebSocket, role: ViewerRole) {
    this.socket = socket;
    this.role = role;
  }

  write(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#sent += bytes.length;
    this.socket.send(bytes, { binary: true });
  }

  say(message: TerminalServerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  acknowledge(bytes: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(bytes, this.#sent));
  }

  get behind(): boolean {
    return this.#sent - this.#acknowledged > highWatermarkBytes;
  }

  get caughtUp(): boolean {
    return this.#sent - this.#acknowledged < lowWatermarkBytes;
  }
}
