/**
 * One terminal of a lab: a PTY, what it printed last, and who looks at it. It outlives its viewers.
 * The controlling viewer sets the pace: when it lags, the PTY is not read and the program in the lab waits.
 */
import { EventEmitter } from 'node:events';
import { rm } from 'node:fs/promises';
import type { WebSocket } from 'ws';
import {
  replayBytes,
  type TerminalClientMessage,
  type ViewerRole,
} from '../../protocol/terminal.ts';
import { endSession } from '../labs/end-session.ts';
import type { EnterCommand } from '../labs/enter-lab.ts';
import { Audience } from './audience.ts';
import { spawnPty, type BytePty } from './pty.ts';
import { Replay } from './replay.ts';
import type { Viewer } from './viewer.ts';

export interface TerminalSize {
  cols: number;
  rows: number;
}

/** Output goes out at once until so much came within `batchMs`; then what comes in that time travels in one frame. */
const batchMs = 4;
const batchAboveBytes = 8 * 1024;
/** What a terminal that nobody looks at may print; enough for any build log, too little to keep a core busy. */
const unwatchedBytesPerSecond = 1024 * 1024;
const quietMs = 200;

interface SessionEvents {
  input: [];
  quiet: [];
  exit: [];
}

export class TerminalSession extends EventEmitter<SessionEvents> {
  #size: TerminalSize;
  readonly #entry: EnterCommand;
  readonly #pty: BytePty;
  readonly #replay = new Replay(replayBytes);
  readonly #viewers = new Audience(() => this.#pace());
  #pending: Buffer[] = [];
  #batch: NodeJS.Timeout | undefined;
  #windowStart = 0;
  #windowBytes = 0;
  #paused = false;
  #unwatchedBytes = 0;
  #unwatchedPause: NodeJS.Timeout | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #exitCode: number | undefined;

  constructor(entry: EnterCommand, size: TerminalSize) {
    super();
    this.#entry = entry;
    this.#size = size;
    this.#pty = spawnPty(entry.program, entry.args, size);
    this.#pty.onData((bytes) => {
      this.#output(bytes);
    });
    this.#pty.onExit(({ exitCode }) => {
      this.#ended(exitCode);
    });
  }

  get ended(): boolean {
    return this.#exitCode !== undefined;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Shows the terminal on a socket until that closes. */
  attach(
    socket: WebSocket,
    role: ViewerRole,
    size: TerminalSize | undefined,
    resumed: boolean,
  ): void {
    this.#flush();
    const viewer = this.#viewers.admit(socket, role);
    if (viewer.role === 'control' && size) this.#resize(size);
    this.#show(viewer, resumed);
    socket.on('close', () => {
      this.#viewers.leave(viewer);
      this.#pace();
    });
    this.#pace();
  }

  input(viewerSocket: WebSocket, bytes: Buffer): void {
    if (this.#viewers.of(viewerSocket)?.role !== 'control' || this.ended) return;
    this.#pty.write(bytes);
    this.emit('input');
    this.#awaitQuiet();
  }

  message(viewerSocket: WebSocket, message: TerminalClientMessage): void {
    const viewer = this.#viewers.of(viewerSocket);
    if (!viewer) return;
    if (message.type === 'ack') this.#acknowledge(viewer, message.bytes);
    if (message.type === 'take-control') {
      this.#viewers.giveControl(viewer);
      this.#pace();
    }
    if (message.type === 'resize' && viewer.role === 'control') this.#resize(message);
    if (message.type === 'close' && viewer.role === 'control') void this.end();
  }

  async end(): Promise<void> {
    if (this.ended) return;
    await endSession(this.#entry.pidFile, () => {
      this.#pty.kill('SIGKILL');
    });
  }

  #output(bytes: Buffer): void {
    this.#replay.add(bytes);
    if (this.#quiet) this.#awaitQuiet();
    if (this.#viewers.size === 0) {
      this.#throttleUnwatched(bytes.length);
      return;
    }
    this.#pending.push(bytes);
    if (this.#batch) return;
    if (this.#isBurst(bytes.length)) this.#batch = setTimeout(() => this.#flush(), batchMs);
    else this.#flush();
  }

  #isBurst(bytes: number): boolean {
    const now = performance.now();
    if (now - this.#windowStart > batchMs) {
      this.#windowStart = now;
      this.#windowBytes = 0;
    }
    this.#windowBytes += bytes;
    return this.#windowBytes > batchAboveBytes;
  }

  #flush(): void {
    clearTimeout(this.#batch);
    this.#batch = undefined;
    if (this.#pending.length === 0) return;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    for (const viewer of this.#viewers) {
      if (viewer.role === 'watch' && viewer.behind) viewer.stale = true;
      if (!viewer.stale) viewer.write(bytes);
    }
    this.#pace();
  }

  #acknowledge(viewer: Viewer, bytes: number): void {
    viewer.acknowledge(bytes);
    if (viewer.stale && viewer.caughtUp) {
      viewer.stale = false;
      this.#flush();
      this.#show(viewer, true);
    }
    this.#pace();
  }

  /** Everything that restores the screen. A full-screen program repaints at the size's change that follows. */
  #show(viewer: Viewer, resumed: boolean): void {
    viewer.say({ type: 'replay', ...this.#size, role: viewer.role, resumed });
    viewer.write(this.#replay.bytes());
    viewer.say({ type: 'live' });
    if (this.ended) this.#sayExit(viewer);
  }

  #resize({ cols, rows }: TerminalSize): void {
    if (this.ended || (cols === this.#size.cols && rows === this.#size.rows)) return;
    this.#size = { cols, rows };
    this.#pty.resize(cols, rows);
    for (const viewer of this.#viewers) {
      if (viewer.role === 'watch') viewer.say({ type: 'resize', cols, rows });
    }
  }

  #pace(): void {
    if (this.ended || this.#unwatchedPause) return;
    const { controlling } = this.#viewers;
    this.#setPaused(
      controlling !== undefined && (this.#paused ? !controlling.caughtUp : controlling.behind),
    );
  }

  #throttleUnwatched(bytes: number): void {
    this.#unwatchedBytes += bytes;
    if (this.#unwatchedPause || this.#unwatchedBytes < unwatchedBytesPerSecond / 10) return;
    this.#unwatchedBytes = 0;
    this.#setPaused(true);
    this.#unwatchedPause = setTimeout(() => {
      this.#unwatchedPause = undefined;
      this.#pace();
    }, 100);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#pty.pause();
    else this.#pty.resume();
  }

  #awaitQuiet(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      this.emit('quiet');
    }, quietMs);
  }

  #ended(exitCode: number): void {
    this.#flush();
    clearTimeout(this.#quiet);
    clearTimeout(this.#unwatchedPause);
    this.#exitCode = exitCode;
    for (const viewer of this.#viewers) this.#sayExit(viewer);
    void rm(this.#entry.pidFile, { force: true });
    this.emit('exit');
  }

  #sayExit(viewer: Viewer): void {
    viewer.say({ type: 'exit', exitCode: this.#exitCode ?? 0 });
    viewer.socket.close(1000);
  }
}
