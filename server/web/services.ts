/** What the HTTP side works with. */
import type { AgentClient } from '../agent-client/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Config } from '../config.ts';
import type { Drain } from './drain.ts';
import type { EventHub } from './events/hub.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Previews } from './previews/index.ts';
import type { Sessions } from './sessions/index.ts';
import type { Store } from './store/index.ts';
import type { Usage } from './usage.ts';
import type { Verdicts } from './verdicts/index.ts';

export interface Services {
  agent: AgentClient;
  catalog: Catalog;
  config: Config;
  drain: Drain;
  hub: EventHub;
  log: Logger;
  metrics: Metrics;
  previews: Previews;
  sessions: Sessions;
  store: Store;
  usage: Usage;
  verdicts: Verdicts;
  version: string;
}
