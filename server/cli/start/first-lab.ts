/** Until a lab has started nobody knows that labs do: an engine that answers is not enough. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../agent-client/index.ts';
import type { Health } from '../../protocol/api.ts';

export interface FirstLab {
  client: Pick<AgentClient, 'list'>;
  /** What /api/health answers; undefined if it does not. */
  health: () => Promise<Health | undefined>;
  signal: AbortSignal;
  timeoutMs?: number;
}

/** A lab that is slower than this is no use to a learner either. */
const defaultTimeoutMs = 120_000;
const lookEveryMs = 200;

/** Waits for the first lab of the pool. Answers why there is none; undefined if there is one, or if none is wanted. */
export async function firstLab(options: FirstLab): Promise<string | undefined> {
  const { client, health, signal, timeoutMs = defaultTimeoutMs } = options;
  const deadline = Date.now() + timeoutMs;
  let reason: string | undefined;
  while (!signal.aborted && Date.now() < deadline) {
    // Labs of an earlier start are proof enough.
    if (await hasLab(client)) return undefined;
    const seen = await health();
    if (seen && isPatient(seen)) return undefined;
    reason = seen?.status === 'degraded' ? seen.labHost.reason : undefined;
    if (reason !== undefined) return reason;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return signal.aborted ? undefined : `No lab was ready in ${String(timeoutMs / 1000)} s.`;
}

/** No lab is made before somebody asks for one. */
function isPatient({ draining, pool, labHost, status }: Health): boolean {
  const isFull = status === 'ok' && labHost['free'] === 0;
  return draining || pool.wanted === 0 || isFull || !['ok', 'degraded'].includes(status);
}

async function hasLab(client: FirstLab['client']): Promise<boolean> {
  const labs = await client.list().catch(() => []);
  return labs.some(({ state }) => state === 'ready' || state === 'paused');
}
