/** Brings the embedded lab host up: namespaces, engine, images, agent; each only if it is not there yet. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentClient, type AgentClient } from '../../agent-client/index.ts';
import { raiseKernelSettings } from '../../lab-host/engine/kernel-settings.ts';
import { ensureNamespaces, insideNamespaces } from '../../lab-host/engine/namespaces.ts';
import { ensureUsers } from '../../lab-host/engine/users.ts';
import { limitAllLabs } from '../../lab-host/engine/parent-cgroup.ts';
import { labHostPaths, type LabHostPaths } from '../../lab-host/paths.ts';
import { CannotRun } from '../cannot-run.ts';
import { say, step } from '../progress.ts';
import type { EmbeddedLabHost, LabHostOptions } from './lab-host.ts';
import { ensurePackages } from './packages.ts';
import { prepareImages } from './prepare-images.ts';
import { ensureRequirements } from './requirements.ts';
import { othersUseIt } from './users.ts';

/** Seen: 1.3 s; a minute and a half on an emulated machine that others use too. One that fails ends, and is not waited for. */
const agentStartTimeoutMs = 300_000;

export async function ensureLabHost(options: LabHostOptions): Promise<EmbeddedLabHost> {
  const paths = labHostPaths(options.stateDir, options.runDir, options.agentSocket);
  const { agentSocket } = paths;
  const client = createAgentClient(agentSocket);
  const running = await client.status().catch(() => undefined);
  if (running?.engine.up === true && (agentIsCurrent(paths) || othersUseIt(paths.runDir))) {
    return { kind: 'embedded', client, agentSocket, paths, startedHere: false };
  }

  ensureRequirements(options.stateDir);
  await ensurePackages(options);
  await ensureUsers();
  for (const dir of [paths.stateDir, paths.runDir, paths.logs])
    mkdirSync(dir, { recursive: true, mode: 0o755 });
  for (const change of raiseKernelSettings(paths.kernelSettings))
    say(`  kernel setting ${change} (put back by \`npm run lab -- down\`)`);
  await ensureNamespaces(paths);
  limitAllLabs(paths);
  await prepareImages(paths, options.bundle);
  await step('lab host agent', () => startAgent(paths, client, options.overcommit ?? 1));
  return { kind: 'embedded', client, agentSocket, paths, startedHere: running === undefined };
}

/** An agent of other sources is replaced once no command uses it; its labs stay, its shells end. */
function agentIsCurrent(paths: LabHostPaths): boolean {
  const stamp = versionStamp(paths);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash();
}

function versionStamp(paths: LabHostPaths): string {
  return join(paths.runDir, 'agent.version');
}

async function startAgent(
  paths: LabHostPaths,
  client: AgentClient,
  overcommit: number,
): Promise<void> {
  await endAgent(paths);
  const logFile = join(paths.logs, 'agent.log');
  const log = openSync(logFile, 'a');
  const [program, args] = insideNamespaces(paths, process.execPath, [
    '--disable-warning=ExperimentalWarning',
    join(labHostSources, 'main.ts'),
    ...['--state', paths.stateDir, '--run', paths.runDir, '--socket', paths.agentSocket],
    ...['--overcommit', String(overcommit)],
  ]);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  child.unref();
  closeSync(log);
  let ended = false;
  child.on('exit', () => (ended = true));
  const deadline = Date.now() + agentStartTimeoutMs;
  while (Date.now() < deadline && !ended) {
    if (await answers(client)) {
      writeFileSync(versionStamp(paths), sourceHash());
      return;
    }
    await sleep(50);
  }
  const end = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
  throw new CannotRun(
    `The lab host agent did not start. The end of its log:\n${end}`,
    `The whole log is ${logFile}.`,
  );
}

/** Every agent of this run directory, also one that its pid file does not name. */
export async function endAgent(paths: LabHostPaths): Promise<void> {
  signalAll(agentsOf(paths), 'SIGTERM');
  for (let waited = 0; waited < 10_000 && agentsOf(paths).length > 0; waited += 50) await sleep(50);
  signalAll(agentsOf(paths), 'SIGKILL');
}

function agentsOf({ runDir }: LabHostPaths): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const args = commandLine(pid);
      const isAgent = args.some((arg) => arg.endsWith('lab-host/main.ts'));
      return isAgent && args[args.indexOf('--run') + 1] === runDir;
    })
    .map(Number);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

function answers(client: AgentClient): Promise<boolean> {
  return client.status().then(
    () => true,
    () => false,
  );
}

const labHostSources = join(import.meta.dirname, '..', '..', 'lab-host');

/** Of all that runs in the agent. */
function sourceHash(): string {
  const hash = createHash('sha256');
  const dirs = [labHostSources, join(labHostSources, '..', 'protocol')];
  const files = dirs.flatMap((dir) =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name)),
  );
  for (const file of files.filter((name) => statSync(name).isFile()).sort())
    hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
