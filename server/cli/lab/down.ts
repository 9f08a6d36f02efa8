/** `lab down` and `lab clean`. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { loadConfig } from '../../config.ts';
import { CannotRun } from '../cannot-run.ts';
import { takeDown } from '../host/take-down.ts';
import { say } from '../progress.ts';

export async function down(): Promise<void> {
  asRoot();
  await takeDown(loadConfig());
  say('Nothing of Drydock runs any more. `npm start` brings it back.');
}

export async function clean(options: { yes?: boolean }): Promise<void> {
  asRoot();
  const config = loadConfig();
  if (process.stdin.isTTY && options.yes !== true && !(await agreed(config.stateDir))) {
    throw new CannotRun('Nothing was removed.', 'Run it again and say y.');
  }
  await takeDown(config);
  removeState(config.stateDir);
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
  ]) {
    rmSync(join(stateDir, name), { recursive: true, force: true });
  }
  if (existsSync(stateDir)) rmSync(stateDir, { recursive: true, force: true });
}

function asRoot(): void {
  if (process.getuid?.() !== 0)
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
