/** The one HTTP/2 session with the other end; brought back, with growing pauses, whenever it or its command ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { duplexOf, sessionOptions, sessionWindowBytes } from './tunnel.ts';

const firstPauseMs = 100;
const longestPauseMs = 3_000;
/** An engine that hangs keeps its connections open: only a ping that stays unanswered shows it. */
const pingEveryMs = 5_000;
const keptErrorBytes = 4_096;

export interface KeptSessionOptions {
  /** Program and arguments whose stdio the other end speaks HTTP/2 on. */
  command: readonly string[];
  /** Told how the command ended; `true`: it will never work again. */
  isOver: (stderr: string) => boolean;
  signal: AbortSignal;
}

export class KeptSession {
  /** Resolves when the signal has ended it, or when it is over. */
  readonly ended: Promise<void>;
  readonly #options: KeptSessionOptions;
  #session: ClientHttp2Session | undefined;
  #wasConnected = false;

  constructor(options: KeptSessionOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  /** A byte stream to the agent; undefined while the other end cannot be reached. */
  open(): ClientHttp2Stream | undefined {
    const session = this.#session;
    if (session === undefined || session.destroyed || session.closed) return undefined;
    return session.request({ ':method': 'CONNECT', ':authority': 'agent' }, { endStream: false });
  }

  async #run(): Promise<void> {
    const { signal, isOver } = this.#options;
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      this.#wasConnected = false;
      const stderr = await this.#once();
      if (signal.aborted || isOver(stderr)) return;
      pauseMs = this.#wasConnected ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until the session ends; answers what the command has said meanwhile. */
  async #once(): Promise<string> {
    const [program = '', ...args] = this.#options.command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-keptErrorBytes);
    });
    const closed = closing(child);
    const session = connect('http://agent', {
      ...sessionOptions,
      peerMaxConcurrentStreams: sessionOptions.settings.maxConcurrentStreams,
      createConnection: () => duplexOf(child.stdout, child.stdin),
    });
    session.on('error', () => undefined);
    session.once('remoteSettings', () => {
      this.#wasConnected = true;
    });
    session.once('connect', () => {
      session.setLocalWindowSize(sessionWindowBytes);
    });
    const end = (): void => session.destroy();
    this.#options.signal.addEventListener('abort', end, { once: true });
    const pings = watch(session);
    this.#session = session;
    await new Promise<void>((resolve) => {
      session.once('close', resolve);
      void closed.then(() => {
        session.destroy();
      });
    });
    clearInterval(pings);
    this.#options.signal.removeEventListener('abort', end);
    this.#session = undefined;
    // The other end ends with its stdin, however this one is ended.
    child.kill('SIGKILL');
    await closed;
    return said;
  }
}

function closing(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => {
      resolve();
    });
    // It was never started: `close` does not come.
    child.once('error', () => {
      resolve();
    });
  });
}

function watch(session: ClientHttp2Session): NodeJS.Timeout {
  let answered = true;
  return setInterval(() => {
    if (!answered) session.destroy();
    if (session.destroyed || session.connecting) return;
    answered = false;
    session.ping(() => {
      answered = true;
    });
  }, pingEveryMs);
}
