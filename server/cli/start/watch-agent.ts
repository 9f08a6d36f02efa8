/** Brings the agent back when it dies; labs go on meanwhile, their shells are lost with it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { readPid } from '../../lab-host/engine/processes.ts';
import { ensureLabHost, type LabHost } from '../host/ensure-lab-host.ts';
import { withLock } from '../host/lock.ts';
import { say } from '../progress.ts';

const lookEveryMs = 1_000;
const pauseAfterFailureMs = 10_000;

export async function watchAgent(
  config: Config,
  { paths }: LabHost,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(lookEveryMs);
    if (signal.aborted || readPid(paths.agentPid, 'lab-host/main.ts') !== undefined) continue;
    await withLock(join(config.stateDir, 'lock'), async () => {
      // Somebody may have ended all of it on purpose meanwhile.
      if (signal.aborted || readPid(paths.agentPid, 'lab-host/main.ts') !== undefined) return;
      say(
        `The lab host agent ended and is started again; labs go on. Log: ${join(paths.logs, 'agent.log')}`,
      );
      const host = await ensureLabHost(config);
      host.client.close();
    }).catch(async (error: unknown) => {
      say(`The lab host agent does not start: ${String(error)}`);
      await sleep(pauseAfterFailureMs);
    });
  }
}
