/** What the parts of the sessions work on together. */
import type { AgentClient } from '../../agent-client/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Config } from '../../config.ts';
import type { Drain } from '../drain.ts';
import type { EventHub } from '../events/hub.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/index.ts';
import type { LabBook } from './book.ts';
import type { Lanes } from './lanes.ts';
import type { Maker } from './maker.ts';
import type { NoteBook } from './notes.ts';
import type { Pool } from './pool.ts';

export interface SessionContext {
  config: Config;
  store: Store;
  catalog: Catalog;
  agent: AgentClient;
  drain: Drain;
  hub: EventHub;
  log: Logger;
  metrics: Metrics;
  book: LabBook;
  notes: NoteBook;
  maker: Maker;
  pool: Pool;
  /** By lab id: what must not overlap for one lab. */
  lanes: Lanes;
  now: () => number;
  /** Aborts when the server ends; labs stay. */
  signal: AbortSignal;
}
