/** A web server for the bench: its own port, database and lease, on the lab host in use. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { WebSocket } from 'ws';
import {
  labViewSchema,
  pageEventSchema,
  type LabView,
  type PageEvent,
} from '../../protocol/api.ts';
import { verdictSchema, type Verdict } from '../../protocol/verdict.ts';
import { CannotRun } from '../cannot-run.ts';
import type { UsedLabHost } from '../host/use-lab-host.ts';

export interface BenchWeb {
  create: (scenario: string) => Promise<LabView>;
  reset: (id: string) => Promise<void>;
  check: (id: string) => Promise<Verdict>;
  remove: (id: string) => Promise<void>;
  /** As the page does when its reader looks at one of its scenarios. */
  watch: (labs: string[]) => void;
  /** Resolves with the first event that answers true. */
  until: (matches: (event: PageEvent) => boolean) => Promise<void>;
  poolReady: (count: number) => Promise<void>;
  terminal: (labId: string, n: number) => WebSocket;
  /** The page of a scenario is open: that warms the pool for it. */
  warm: (scenario: string) => Promise<void>;
}

const startTimeoutMs = 20_000;
const eventTimeoutMs = 90_000;
const healthSchema = z.looseObject({ pool: z.looseObject({ ready: z.number() }) });

export async function withWebServer<T>(
  host: UsedLabHost,
  use: (web: BenchWeb) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const port = await freePort();
  const log = openSync(join(dir, 'web.log'), 'a');
  const server = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, '..', '..', 'web', 'main.ts'),
    ],
    {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        PORT: String(port),
        STATE_DIR: dir,
        AGENT_SOCKET: host.config.agentSocket,
        // One of its own: the server ends what it finds under its lease and does not know.
        LEASE: `${host.lease}-web`,
        POOL_BLANK: '1',
        POOL_BROKEN: '1',
        LABS_PER_LEARNER: '900',
        RATE_LIMIT_PER_MINUTE: '1000000',
        LOG_LEVEL: 'warn',
      },
    },
  );
  closeSync(log);
  const origin = `http://127.0.0.1:${String(port)}`;
  try {
    const deadline = Date.now() + startTimeoutMs;
    while (
      !(await fetch(`${origin}/api/health`).then(
        (answer) => answer.ok,
        () => false,
      ))
    ) {
      if (Date.now() > deadline || server.exitCode !== null) {
        throw new CannotRun(
          `The bench's web server did not start: ${readFileSync(join(dir, 'web.log'), 'utf8').slice(-800)}`,
          'See what it says.',
        );
      }
      await sleep(50);
    }
    const events = await openEvents(origin);
    const result = await use(client(origin, events));
    events.close();
    return result;
  } finally {
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    await gone;
    rmSync(dir, { recursive: true, force: true });
  }
}

async function openEvents(origin: string): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/events`, { origin });
  await once(socket, 'open');
  return socket;
}

function client(origin: string, events: WebSocket): BenchWeb {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${origin}/api${path}`, {
      method,
      headers: { origin, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok)
      throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  };
  return {
    create: async (scenario) => labViewSchema.parse(await call('POST', '/labs', { scenario })),
    reset: async (id) => void (await call('POST', `/labs/${id}/reset`)),
    check: async (id) => verdictSchema.parse(await call('POST', `/labs/${id}/check`)),
    remove: async (id) => void (await call('DELETE', `/labs/${id}`)),
    watch: (labs) => {
      events.send(JSON.stringify({ type: 'watch', labs }));
    },
    until: (matches) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          events.off('message', listen);
          clearTimeout(timer);
        };
        const listen = (data: Buffer): void => {
          if (!matches(pageEventSchema.parse(JSON.parse(data.toString('utf8'))))) return;
          end();
          resolve();
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error('What the bench waits for did not happen.'));
        }, eventTimeoutMs);
        events.on('message', listen);
      }),
    poolReady: async (count) => {
      for (let waited = 0; waited < 60_000; waited += 100) {
        const health = healthSchema.parse(await call('GET', '/health'));
        if (health.pool.ready >= count) return;
        await sleep(100);
      }
      throw new Error('The pool did not fill in a minute.');
    },
    terminal: (labId, n) =>
      new WebSocket(
        `${origin.replace('http', 'ws')}/api/labs/${labId}/terminals/${String(n)}?cols=80&rows=24`,
        { origin, perMessageDeflate: false },
      ),
    warm: async (scenario) => void (await call('POST', `/scenarios/${scenario}/warm`)),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
