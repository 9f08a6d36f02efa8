/** Puts the web server together and takes it apart again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createAgentClient } from '../agent-client/index.ts';
import { loadCatalog } from '../catalog/index.ts';
import type { Config } from '../config.ts';
import { createJudge } from '../verify/index.ts';
import { createDrain } from './drain.ts';
import { createEventHub } from './events/hub.ts';
import { createApp } from './http/app.ts';
import type { App } from './http/app-types.ts';
import type { Logger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { createPreviews } from './previews/index.ts';
import type { Services } from './services.ts';
import { createSessions } from './sessions/index.ts';
import { openStore } from './store/index.ts';
import { createUsage } from './usage.ts';
import { createVerdicts } from './verdicts/index.ts';

export interface Web extends AsyncDisposable {
  app: App;
  services: Services;
}

/** Labs are not touched when it is disposed of: the next start adopts them. */
export async function startWeb(config: Config, log: Logger): Promise<Web> {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(openStore(join(config.stateDir, 'web')));
  const catalog = await loadCatalog(config.labsDir);
  for (const { id, cause } of catalog.faults)
    log.error({ err: cause, scenario: id }, 'scenario not loaded');

  const agent = stack.adopt(createAgentClient(config.agentSocket), (client) => client.close());
  const { agentSocket, labsDir, verifyWorkers: workers } = config;
  const judge = stack.use(
    createJudge({
      agentSocket,
      labsDir,
      workers,
      onFault: (fault) => log.error(fault, 'a check failed itself'),
    }),
  );
  const metrics = createMetrics();
  const hub = createEventHub();
  const version = await versionOf();
  const drain = createDrain({ switches: store.switches, version, hub, log });
  const shared = { agent, catalog, config, drain, hub, log, metrics, store };
  const sessions = stack.use(createSessions(shared));
  const verdicts = stack.use(createVerdicts({ ...shared, judge, sessions }));
  const previews = createPreviews({ ...shared, sessions, secret: store.secrets.get('previews') });
  const services: Services = {
    ...shared,
    previews,
    sessions,
    usage: createUsage(agent, sessions.book),
    verdicts,
    version,
  };

  const app = stack.adopt(await createApp(services), (made) => made.close());
  await app.listen({ host: config.host, port: config.port });
  sessions.start();
  const running = stack.move();
  return { app, services, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

const packageSchema = z.object({ version: z.string() });

async function versionOf(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
  return packageSchema.parse(JSON.parse(text)).version;
}
