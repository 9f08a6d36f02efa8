/** Brings up the lab host that is chosen, whichever it is, and takes it down again; says which it is, and why. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { enginePid } from '../../lab-host/engine/start-engine.ts';
import { labHostPaths } from '../../lab-host/paths.ts';
import { CannotRun } from '../cannot-run.ts';
import { say } from '../progress.ts';
import { chooseLabHost, type Choice, type Way } from './choose.ts';
import { ensureContainerLabHost, probeEngine, takeDownContainer } from './container/index.ts';
import { ensureLabHost } from './ensure-lab-host.ts';
import type { LabHost } from './lab-host.ts';
import { endProcess, takeDown } from './take-down.ts';
import { othersUseIt } from './users.ts';
import { readWays, rememberDown, rememberUp } from './ways.ts';

export interface BringUpOptions {
  yes?: boolean | undefined;
  overcommit?: number | undefined;
  /** Says which lab host it is also where it was up before. */
  aloud?: boolean;
}

/** Under the lock of the state directory. */
export async function bringUpLabHost(
  config: Config,
  { aloud = false, ...options }: BringUpOptions = {},
): Promise<LabHost> {
  const running = runningWay(config);
  const choice = await choiceFor(config, running);
  if (aloud || running !== choice.way) say(choice.why);
  await makeWay(config, choice.way);
  const host =
    choice.way === 'embedded'
      ? await ensureLabHost({ ...config, ...options })
      : await ensureContainerLabHost({ ...config, ...options });
  rememberUp(config.stateDir, choice.way);
  return host;
}

/** Ends everything of Drydock that runs for this user: web server, labs, lab host, in whichever way they came up. */
export async function takeDownLabHost(config: Config): Promise<void> {
  const { used } = readWays(config.stateDir);
  await endProcess(join(config.runDir, 'start.pid'), 'cli/main.ts', process.pid);
  await endProcess(join(config.runDir, 'web.pid'), 'web/main.ts');
  const canEmbed = mayBeEmbedded();
  if (!canEmbed || used.includes('container')) await takeDownContainer(config);
  if (canEmbed) await takeDown(config);
  rmSync(config.runDir, { recursive: true, force: true });
  rememberDown(config.stateDir);
}

/** Others than root have none of their own on the machine. */
export function mayBeEmbedded(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** Which way LAB_HOST and the machine lead, given what is up already. */
export function choiceFor(config: Config, running = runningWay(config)): Promise<Choice> {
  return chooseLabHost({ wanted: config.labHost, running, engine: probeEngine });
}

/** What is up by what was written down, and, on this machine, by its processes. */
export function runningWay({ stateDir, runDir }: Config): Way | undefined {
  const { up } = readWays(stateDir);
  if (up === 'container') return up;
  return enginePid(labHostPaths(stateDir, runDir)) === undefined ? undefined : 'embedded';
}

/** Two lab hosts of one state directory would both believe that its labs are theirs. */
async function makeWay(config: Config, way: Way): Promise<void> {
  const other: Way = way === 'embedded' ? 'container' : 'embedded';
  const isUp = {
    embedded: () => enginePid(labHostPaths(config.stateDir, config.runDir)) !== undefined,
    container: () => readWays(config.stateDir).up === 'container',
  };
  if (!isUp[other]()) return;
  const words = { embedded: 'on the machine itself', container: 'in a container' };
  if (othersUseIt(config.runDir)) {
    throw new CannotRun(
      `A lab host ${words[other]} runs, and other commands use it.`,
      `End them first (\`npm run lab -- down\`), or leave LAB_HOST empty: what runs is used then.`,
    );
  }
  say(`The lab host ${words[other]} makes way; its labs end.`);
  if (other === 'embedded') await takeDown(config);
  else await takeDownContainer(config);
  rememberDown(config.stateDir);
}
