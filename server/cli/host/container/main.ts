/**
 * What the lab host's container runs: `main.ts [--overcommit N] [--socket FILE]`. Brings the lab host up as on a machine of
 * its own, looks after its agent, and takes all of it down on SIGTERM, before the engine's patience ends. Says on stderr
 * how far it is.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readPid } from '../../../lab-host/engine/processes.ts';
import type { EmbeddedLabHost } from '../lab-host.ts';
import { CannotRun } from '../../cannot-run.ts';
import { say } from '../../progress.ts';
import { ensureLabHost } from '../ensure-lab-host.ts';
import { withLock } from '../lock.ts';
import { takeDown } from '../take-down.ts';
import { makeMountsWritable } from './make-mounts-writable.ts';

const { values } = parseArgs({
  options: { overcommit: { type: 'string', default: '1' }, socket: { type: 'string' } },
});
const { overcommit, socket: agentSocket } = z
  .object({ overcommit: z.coerce.number().min(1), socket: z.string().optional() })
  .parse(values);
const options = { stateDir: '/var/lib/drydock', runDir: '/run/drydock', agentSocket, overcommit };
const lookEveryMs = 1_000;
const lock = join(options.stateDir, 'lock');

const over = new AbortController();
const stopped = new Promise<void>((resolve) => {
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      over.abort();
      resolve();
    });
});
// Of an earlier life of this volume, whose processes' numbers are others' by now.
rmSync(lock, { force: true });
await makeMountsWritable();
const up = withLock(lock, () => ensureLabHost(options)).then(
  (host) => {
    say('The lab host is up.');
    host.client.close();
    return keepAgent(host);
  },
  (error: unknown) => {
    if (over.signal.aborted) return;
    say(error instanceof CannotRun ? `${error.message}\n→ ${error.todo}` : String(error));
    process.exit(2);
  },
);
await Promise.race([stopped, up]);
say('The lab host ends.');
await takeDown(options);
say('Nothing of it runs any more.');
process.exit(0);

/** Brings it back when it dies; labs go on meanwhile. */
async function keepAgent({ paths }: EmbeddedLabHost): Promise<void> {
  while (!over.signal.aborted) {
    await sleep(lookEveryMs);
    if (over.signal.aborted || readPid(paths.agentPid, 'lab-host/main.ts') !== undefined) continue;
    say('The lab host agent ended and is started again; labs go on.');
    await withLock(lock, () => ensureLabHost(options)).then(
      ({ client }) => {
        client.close();
      },
      (error: unknown) => {
        say(`The lab host agent does not start: ${String(error)}`);
      },
    );
  }
}
