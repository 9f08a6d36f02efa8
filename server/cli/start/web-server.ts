/** The web server as a process, of a user of its own where root starts it; brought back when it dies. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { healthSchema, type Health } from '../../protocol/api.ts';
import { CannotRun } from '../cannot-run.ts';
import { say } from '../progress.ts';
import type { InstalledApp } from './install-app.ts';
import type { UserIds } from './web-user.ts';

/** Seen: 1 s; 40 s on an emulated machine. One that fails ends, and is not waited for. */
const startTimeoutMs = 180_000;
const stopTimeoutMs = 8_000;
const restartMs = 300;
const maxRestartMs = 10_000;

export class WebServer {
  readonly #config: Config;
  readonly #app: InstalledApp;
  readonly #user: UserIds | undefined;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  /** Ends are ours to repair only between a good start and our own stop. */
  #watching = false;
  #delay = restartMs;

  constructor(config: Config, app: InstalledApp, user: UserIds | undefined) {
    this.#config = config;
    this.#app = app;
    this.#user = user;
    this.#logFile = join(config.stateDir, 'logs', 'web.log');
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const child = this.#spawn();
    const deadline = Date.now() + startTimeoutMs;
    while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
      if (await this.health()) {
        this.#watching = true;
        return;
      }
      await sleep(40);
    }
    child.kill('SIGKILL');
    const end = readFileSync(this.#logFile, 'utf8').split('\n').slice(-15).join('\n');
    throw new CannotRun(
      `The web server did not start. The end of its log:\n${end}`,
      `The whole log is ${this.#logFile}.`,
    );
  }

  async stop(): Promise<void> {
    this.#watching = false;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await gone;
    clearTimeout(force);
    rmSync(this.#pidFile(), { force: true });
  }

  #spawn(): ChildProcess {
    const { stateDir, runDir, agentSocket } = this.#config;
    const own = join(stateDir, 'web');
    mkdirSync(own, { recursive: true, mode: 0o700 });
    if (this.#user) chownSync(own, this.#user.uid, this.#user.gid);
    const log = openSync(this.#logFile, 'a');
    const child = spawn(
      this.#app.node,
      ['--disable-warning=ExperimentalWarning', join(this.#app.dir, 'server', 'web', 'main.ts')],
      {
        cwd: '/',
        ...this.#user,
        stdio: ['ignore', log, log],
        env: {
          ...process.env,
          HOME: own,
          // Their defaults depend on the user.
          STATE_DIR: stateDir,
          RUN_DIR: runDir,
          AGENT_SOCKET: agentSocket,
          LABS_DIR: join(this.#app.dir, 'labs'),
          SITE_DIR: this.#app.siteDir,
        },
      },
    );
    closeSync(log);
    writeFileSync(this.#pidFile(), String(child.pid ?? ''));
    child.on('exit', (code, signal) => {
      if (this.#watching) void this.#comeBack(code ?? signal);
    });
    this.#child = child;
    return child;
  }

  async #comeBack(how: number | string | null): Promise<void> {
    say(
      `The web server ended (${String(how)}) and is started again; labs and terminals go on. Log: ${this.#logFile}`,
    );
    await sleep(this.#delay);
    this.#delay = Math.min(maxRestartMs, this.#delay * 2);
    if (!this.#watching) return;
    this.#spawn();
    for (let waited = 0; waited < startTimeoutMs; waited += 100) {
      if (await this.health()) {
        this.#delay = restartMs;
        return;
      }
      await sleep(100);
    }
  }

  /** Undefined while it does not answer. */
  async health(): Promise<Health | undefined> {
    const { host, port } = this.#config;
    return fetch(`http://${host}:${String(port)}/api/health`, {
      signal: AbortSignal.timeout(2_000),
    })
      .then(async (response) => healthSchema.parse(await response.json()))
      .catch(() => undefined);
  }

  #pidFile(): string {
    return join(this.#config.runDir, 'web.pid');
  }
}
