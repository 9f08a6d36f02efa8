/** Brings the lab host back when its agent, or the way to it, dies; labs go on meanwhile, their shells are lost with it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { readPid } from '../../lab-host/engine/processes.ts';
import { bringUpLabHost } from '../host/bring-up.ts';
import type { LabHost } from '../host/lab-host.ts';
import { withLock } from '../host/lock.ts';
import { say } from '../progress.ts';

const lookEveryMs = 1_000;
const pauseAfterFailureMs = 10_000;
/** A container that restarts, or an engine that is updated, comes back by itself, and the relay with it. */
const patienceMs = 20_000;

/** `onBack`: what has to be done to a lab host that was brought up anew. */
export async function watchAgent(
  config: Config,
  host: LabHost,
  { signal, onBack }: { signal: AbortSignal; onBack: (host: LabHost) => Promise<unknown> },
): Promise<void> {
  const isThere = host.kind === 'embedded' ? agentRuns(host) : answersSoon(host);
  while (!signal.aborted) {
    await sleep(lookEveryMs);
    if (signal.aborted || (await isThere())) continue;
    await withLock(join(config.stateDir, 'lock'), async () => {
      // Somebody may have ended all of it on purpose meanwhile.
      if (signal.aborted || (await isThere())) return;
      say(words(host));
      const back = await bringUpLabHost(config);
      await onBack(back);
      back.client.close();
    }).catch(async (error: unknown) => {
      say(`The lab host does not start: ${String(error)}`);
      await sleep(pauseAfterFailureMs);
    });
  }
}

function agentRuns({ paths }: Extract<LabHost, { kind: 'embedded' }>): () => Promise<boolean> {
  return async () => readPid(paths.agentPid, 'lab-host/main.ts') !== undefined;
}

/** What is at the other end of a relay is known by its answers alone. */
function answersSoon({ client }: LabHost): () => Promise<boolean> {
  let answered = Date.now();
  return async () => {
    const status = await client.status().catch(() => undefined);
    if (status) answered = Date.now();
    return Date.now() - answered < patienceMs;
  };
}

function words(host: LabHost): string {
  return host.kind === 'embedded'
    ? `The lab host agent ended and is started again; labs go on. Log: ${join(host.paths.logs, 'agent.log')}`
    : `The lab host does not answer and is looked after. Log: \`docker logs ${host.container}\``;
}
