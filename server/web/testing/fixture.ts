/** For unit tests alone: the web server over a fake agent and a judge that answers what it is told, with its own clock. */
import { createAgentClient } from '../../agent-client/index.ts';
import type { FakeAgent } from '../../agent-client/testing/fake-agent.ts';
import { startFakeAgent } from '../../agent-client/testing/fake-agent.ts';
import { loadCatalog } from '../../catalog/index.ts';
import { labsFolder } from '../../catalog/testing.ts';
import type { Config } from '../../config.ts';
import { loadConfig } from '../../config.ts';
import type { PageEvent } from '../../protocol/api.ts';
import type { CheckResult } from '../../protocol/verdict.ts';
import { createDrain } from '../drain.ts';
import { createEventHub } from '../events/hub.ts';
import { createApp } from '../http/app.ts';
import type { App } from '../http/app-types.ts';
import type { Logger } from '../logger.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { createPreviews } from '../previews/index.ts';
import type { Services } from '../services.ts';
import { createSessions } from '../sessions/index.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createUsage } from '../usage.ts';
import { createVerdicts } from '../verdicts/index.ts';

export interface Fixture extends AsyncDisposable {
  agent: FakeAgent;
  app: App;
  services: Services;
  clock: { now: number };
  /** What the checks say from now on: ids of those that fail. */
  red: Set<string>;
  /** Ids of those that cannot be asked. */
  silent: Set<string>;
  judged: { checks: number };
  events: PageEvent[];
  /** A server in this one's place: the same agent and database. */
  restart: (version?: string, env?: Record<string, string>) => Promise<Fixture>;
}

export interface FixtureOptions {
  env?: Record<string, string>;
  scenarios?: string[];
  agent?: FakeAgent;
  store?: Store;
  version?: string;
  log?: Logger;
  files?: Record<string, string>;
}

export const scenario = 'networking/no-answer';

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const agent = options.agent ?? (await startFakeAgent());
  const store = options.store ?? openStore(':memory:');
  const labs = await labsFolder(options.scenarios ?? [scenario]);
  for (const [file, text] of Object.entries(options.files ?? {})) await labs.write(file, text);
  const env = {
    POOL_BLANK: '0',
    POOL_BROKEN: '0',
    LOG_LEVEL: 'silent',
    LABS_DIR: labs.path,
    SITE_DIR: `${labs.path}/dist`,
  };
  const config: Config = loadConfig({ ...env, ...options.env, AGENT_SOCKET: agent.socketPath });
  const clock = { now: Date.now() };
  const red = new Set(['answers']);
  const silent = new Set<string>();
  const judged = { checks: 0 };
  const log = options.log ?? createLogger(config.logLevel);
  const client = createAgentClient(agent.socketPath);
  const catalog = await loadCatalog(config.labsDir);
  const hub = createEventHub();
  const events: PageEvent[] = [];
  hub.subscribe('local', (event) => events.push(event));

  const version = options.version ?? 'test';
  const drain = createDrain({ switches: store.switches, version, hub, log });
  const shared = {
    agent: client,
    drain,
    catalog,
    config,
    hub,
    log,
    metrics: createMetrics(),
    store,
    now: () => clock.now,
  };
  const sessions = createSessions(shared);
  const judge = {
    check: async () => {
      judged.checks += 1;
      return { checks: checksOf(red, silent), seconds: 0.01 };
    },
    hint: async ({ taken }: { taken: number[] }) => {
      const index = [0, 1, 2].find((candidate) => !taken.includes(candidate));
      const text =
        index === undefined ? undefined : catalog.scenarios[0]?.definition.hints[index]?.text;
      return index === undefined || text === undefined ? undefined : { index, text };
    },
  };
  const verdicts = createVerdicts({ ...shared, judge, sessions });
  const previews = createPreviews({ ...shared, sessions, secret: store.secrets.get('previews') });
  const services: Services = {
    ...shared,
    previews,
    sessions,
    usage: createUsage(client, sessions.book),
    verdicts,
    version,
  };
  const app = await createApp(services);

  const stop = async (): Promise<void> => {
    await app.close();
    verdicts[Symbol.dispose]();
    await sessions[Symbol.asyncDispose]();
    client.close();
    await labs[Symbol.asyncDispose]();
  };
  let stopped = false;
  return {
    ...{ agent, app, services, clock, red, silent, judged, events },
    restart: async (version, more) => {
      stopped = true;
      await stop();
      const env = { ...options.env, ...more };
      return startFixture({ ...options, env, agent, store, ...(version && { version }) });
    },
    [Symbol.asyncDispose]: async () => {
      if (stopped) return;
      await stop();
      await agent[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}

function checksOf(red: Set<string>, silent: Set<string>): CheckResult[] {
  const check = (id: string, kind: 'goal' | 'guard'): CheckResult => {
    const status = silent.has(id) ? 'unknown' : red.has(id) ? 'fail' : 'pass';
    return { id, kind, title: id, status, seen: '', wanted: '' };
  };
  return [check('answers', 'goal'), check('data', 'guard')];
}
