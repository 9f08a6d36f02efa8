/** `lab down` and `lab clean`. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { loadConfig, type Config } from '../../config.ts';
import { CannotRun } from '../cannot-run.ts';
import { mayBeEmbedded, takeDownLabHost } from '../host/bring-up.ts';
import { removeContainerState } from '../host/container/index.ts';
import { readWays } from '../host/ways.ts';
import { say } from '../progress.ts';

export async function down(): Promise<void> {
  const config = loadConfig();
  asRootWhereNeeded(config);
  await takeDownLabHost(config);
  say('Nothing of Drydock runs any more. `npm start` brings it back.');
}

export async function clean(options: { yes?: boolean }): Promise<void> {
  const config = loadConfig();
  asRootWhereNeeded(config);
  if (process.stdin.isTTY && options.yes !== true && !(await agreed(config.stateDir))) {
    throw new CannotRun('Nothing was removed.', 'Run it again and say y.');
  }
  const inContainer = !mayBeEmbedded() || readWays(config.stateDir).used.includes('container');
  await takeDownLabHost(config);
  const left = inContainer && !(await removeContainerState(config));
  removeState(config.stateDir);
  if (left)
    throw new CannotRun(
      `${config.stateDir} is gone; what Drydock has in the Docker engine is not: no engine answers.`,
      'Start the engine, then run it again.',
    );
  say(`Nothing of Drydock runs, and ${config.stateDir} is gone.`);
}

/** Only what Drydock made: a STATE_DIR that holds other things keeps them. */
function removeState(stateDir: string): void {
  for (const name of [
    'engine',
    'engine.json',
    'runtime',
    'disks',
    'images',
    'logs',
    'app',
    'deps',
    'web',
    'lock',
    'prove.lock',
    'proof.json',
    'lab-host.json',
    'run',
  ]) {
    rmSync(join(stateDir, name), { recursive: true, force: true });
  }
  if (existsSync(stateDir)) rmSync(stateDir, { recursive: true, force: true });
}

/** What an embedded lab host made is root's. */
function asRootWhereNeeded({ stateDir }: Config): void {
  if (!mayBeEmbedded() && existsSync(join(stateDir, 'engine')))
    throw new CannotRun('Only root may end the lab host.', 'Run it with sudo.');
}

async function agreed(stateDir: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(
    `Remove all labs, images and progress in ${stateDir}? [y/N] `,
  );
  lines.close();
  return /^y/i.test(answer.trim());
}
