/** Says when a learner can begin, or why not yet. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import type { LabHost } from '../host/lab-host.ts';
import { say, step } from '../progress.ts';
import { firstLab } from './first-lab.ts';
import type { WebServer } from './web-server.ts';

/** The pool tries again every half a minute. */
const lookAgainMs = 2_000;

interface Announcing {
  config: Config;
  host: LabHost;
  web: WebServer;
  /** By `performance.now()`. */
  started: number;
  signal: AbortSignal;
}

/** Ready is who can give a lab. Where labs do not start, the site is there to be read, and says so too. */
export async function announce({ config, host, web, started, signal }: Announcing): Promise<void> {
  const look = (): Promise<string | undefined> =>
    firstLab({ client: host.client, health: () => web.health(), signal });
  let fault = await step('first lab', look);
  if (fault !== undefined) {
    const log =
      host.kind === 'embedded'
        ? `the log is ${join(host.paths.logs, 'agent.log')}`
        : `the log is \`docker logs ${host.container}\``;
    say(`\nThe site is at ${config.publicUrl}, but no lab starts.\n  ${fault}`);
    say(`→ See \`npm run doctor\`; ${log}. Drydock goes on trying.`);
  }
  while (fault !== undefined && !signal.aborted) {
    await sleep(lookAgainMs, undefined, { signal }).catch(() => undefined);
    fault = await look();
  }
  if (signal.aborted) return;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`\nready in ${seconds} s: ${config.publicUrl}\n`);
  say('Ctrl-C ends Drydock.');
}
