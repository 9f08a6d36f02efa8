/** Numbers that answer an operator's questions, for Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a ready lab of the pool to a slow break.sh. */
const makingBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
const quickBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/** What is counted anew each time somebody looks. */
export interface MetricsSource {
  /** Labs by phase, `queued` among them. */
  labs: () => Record<string, number>;
  pool: () => { ready: number; wanted: number };
  /** Undefined while the lab host does not answer. */
  labHost: () => Promise<{ free: number; memoryFree: number; diskFree: number } | undefined>;
}

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'drydock_' });
  return {
    registry,
    making: new Histogram({
      name: 'drydock_lab_making_seconds',
      help: 'From a request (or its turn in the queue) to a broken lab that is ready, by where it came from',
      labelNames: ['source'],
      buckets: makingBuckets,
      registers,
    }),
    failures: new Counter({
      name: 'drydock_lab_failures_total',
      help: 'Labs that could not be made, or ended by themselves, by reason',
      labelNames: ['reason'],
      registers,
    }),
    verdicts: new Histogram({
      name: 'drydock_verdict_seconds',
      help: 'How long all checks of a scenario took, by what asked for them',
      labelNames: ['trigger'],
      buckets: quickBuckets,
      registers,
    }),
    holds: new Counter({
      name: 'drydock_holds_total',
      help: 'Restarts done to see whether a repair holds, by outcome',
      labelNames: ['held'],
      registers,
    }),
    solved: new Counter({
      name: 'drydock_solved_total',
      help: 'Labs solved',
      labelNames: ['scenario'],
      registers,
    }),
    terminals: new Gauge({
      name: 'drydock_terminals',
      help: 'Terminal sockets that are open',
      registers,
    }),
    terminalBytes: new Counter({
      name: 'drydock_terminal_bytes_total',
      help: 'Bytes relayed, by direction',
      labelNames: ['direction'],
      registers,
    }),
    requests: new Histogram({
      name: 'drydock_http_request_seconds',
      help: 'API requests',
      labelNames: ['method', 'route', 'status'],
      buckets: quickBuckets,
      registers,
    }),
    previews: new Counter({
      name: 'drydock_preview_requests_total',
      help: 'Requests to previews, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
  };
}

/** Once, when the rest is there. */
export function observeState({ registry }: Metrics, source: MetricsSource): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (gauge: Gauge) => void | Promise<void>,
  ): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect: () => collect(made),
    });
  };
  gauge('drydock_labs', 'Labs of learners, by phase', ['phase'], (labs) => {
    labs.reset();
    for (const [phase, count] of Object.entries(source.labs())) labs.set({ phase }, count);
  });
  gauge(
    'drydock_pool_labs',
    'Labs that wait for a learner: ready ones, and how many are wanted',
    ['kind'],
    (pool) => {
      for (const [kind, count] of Object.entries(source.pool())) pool.set({ kind }, count);
    },
  );
  gauge(
    'drydock_lab_host',
    'Whether the lab host answers, and how much more it can carry',
    ['what'],
    async (host) => {
      const state = await source.labHost();
      host.set({ what: 'up' }, Number(state !== undefined));
      host.set({ what: 'labs_free' }, state?.free ?? 0);
      host.set({ what: 'memory_free_bytes' }, state?.memoryFree ?? 0);
      host.set({ what: 'disk_free_bytes' }, state?.diskFree ?? 0);
    },
  );
}
