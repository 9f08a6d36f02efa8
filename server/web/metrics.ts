/** Numbers that answer an operator's questions, for Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a ready lab of the pool to a slow break.sh. */
const makingBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
/** From a lab that just ended to an hour. */
const waitBuckets = [1, 5, 15, 60, 300, 900, 1800, 3600];
const quickBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'drydock_' });
  return {
    registry,
    making: new Histogram({
      name: 'drydock_lab_making_seconds',
      help: 'From a request (or its turn in the queue) to a broken lab that is ready, by where it came from: broken or blank of the pool, or new',
      labelNames: ['source'],
      buckets: makingBuckets,
      registers,
    }),
    queueWait: new Histogram({
      name: 'drydock_queue_wait_seconds',
      help: 'How long learners waited in line for a lab, from their request to their turn',
      buckets: waitBuckets,
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
      help: 'How long all checks of a scenario took, by what asked for them and what came out',
      labelNames: ['trigger', 'outcome'],
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
    sockets: new Gauge({
      name: 'drydock_page_sockets',
      help: 'Sockets of pages that are open, by what they carry and how: websocket, or http where those are blocked',
      labelNames: ['kind', 'transport'],
      registers,
    }),
    terminals: new Gauge({
      name: 'drydock_terminals',
      help: 'Terminals that are shown on a page now',
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
      help: 'API requests that were answered, without streams and sockets',
      labelNames: ['method', 'route', 'status'],
      buckets: quickBuckets,
      registers,
    }),
    refusals: new Counter({
      name: 'drydock_http_failures_total',
      help: 'Requests that were answered with an error, by its code',
      labelNames: ['code'],
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
