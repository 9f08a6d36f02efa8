import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The helper's listening process. Starting one program per question from here would block this process for 1.7 ms each
 * time (seen at 136 MB), and terminals' bytes with it; the small helper forks in 0.2 ms. It ends when its standard
 * input does, that is with this process.
 */
export class ProbeProcess implements Disposable {
  readonly #options: { root: string; probe: string };
  #running: Promise<Running> | undefined;

  constructor(options: { root: string; probe: string }) {
    this.#options = options;
  }

  /** A connection for one question; starts the helper where it does not run. */
  async connect(): Promise<Socket> {
    this.#running ??= this.#start();
    const { path } = await this.#running;
    const socket = connect({ path, allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  }

  async #start(): Promise<Running> {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-probe-'));
    const path = join(folder, 'socket');
    const child = spawn(this.#options.probe, [path, this.#options.root], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
    });
    const forget = (): void => {
      this.#running = undefined;
      process.off('exit', forget);
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', forget);
    child.once('exit', forget).once('error', forget);
    try {
      await ready(child);
    } catch (error) {
      forget();
      throw error;
    }
    // Neither keeps the agent from ending by itself.
    child.unref();
    return { path, child };
  }

  [Symbol.dispose](): void {
    void this.#running?.then(
      ({ child }) => child.kill('SIGKILL'),
      () => false,
    );
  }
}

interface Running {
  path: string;
  child: ChildProcess;
}

async function ready(child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(0, 1000);
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => {
      resolve();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      reject(new Error(`The verifier's helper did not start (${String(code)}): ${words.trim()}`));
    });
  });
}
