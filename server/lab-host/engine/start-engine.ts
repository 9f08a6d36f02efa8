/** Starts the lab host's own dockerd, inside the lab host's namespaces, and waits until it answers. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabHostPaths } from '../paths.ts';
import { connectEngine, type Engine } from './docker.ts';
import { readPid } from './processes.ts';
import { runCommand } from './run-command.ts';

/** The user whose subordinate ids the labs' users are; not the web server's, who could then become them. */
export const remapUser = 'drydock-labs';

const startTimeoutMs = 60_000;
const maxLogBytes = 16 * 1024 * 1024;

export async function startEngine(paths: LabHostPaths, signal: AbortSignal): Promise<Engine> {
  const engine = connectEngine(paths.engineSocket);
  if (await answers(engine)) return engine;
  await stopEngine(paths);
  for (const dir of [paths.engineData, paths.engineExec, paths.logs])
    mkdirSync(dir, { recursive: true });
  spawnEngine(paths);
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (await answers(engine)) return engine;
    if (enginePid(paths) === undefined && Date.now() > deadline - startTimeoutMs + 3_000) break;
    await sleep(50);
  }
  throw new Error(
    `The lab host's engine did not come up. The end of its log (${paths.engineLog}):\n${logEnd(paths.engineLog)}`,
  );
}

/** Asks, waits, forces. Labs keep running (live-restore) unless they were removed before. */
export async function stopEngine(paths: LabHostPaths): Promise<void> {
  const pid = enginePid(paths);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; waited < 15_000 && alive(pid); waited += 50) await sleep(50);
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
  // Docker's own containerd outlives a killed dockerd and would hold the next one up.
  const containerd = readPid(join(paths.engineExec, 'containerd', 'containerd.pid'), 'containerd');
  if (containerd !== undefined && pid === undefined) {
    process.kill(containerd, 'SIGTERM');
    for (let waited = 0; waited < 5_000 && alive(containerd); waited += 50) await sleep(50);
  }
  rmSync(paths.enginePid, { force: true });
}

export async function answers(engine: Engine): Promise<boolean> {
  return engine.ping().then(
    () => true,
    () => false,
  );
}

export function enginePid(paths: LabHostPaths): number | undefined {
  return readPid(paths.enginePid, 'dockerd');
}

function spawnEngine(paths: LabHostPaths): void {
  // Never the machine's own /etc/docker/daemon.json.
  const configFile = join(paths.stateDir, 'engine.json');
  writeFileSync(configFile, '{}\n');
  if (existsSync(paths.engineLog) && statSync(paths.engineLog).size > maxLogBytes)
    truncateSync(paths.engineLog);
  mkdirSync(dirname(paths.engineLog), { recursive: true });
  const log = openSync(paths.engineLog, 'a');
  const child = spawn(
    'dockerd',
    [
      `--config-file=${configFile}`,
      `--data-root=${paths.engineData}`,
      `--exec-root=${paths.engineExec}`,
      `--host=unix://${paths.engineSocket}`,
      `--pidfile=${paths.enginePid}`,
      `--userns-remap=${remapUser}`,
      `--add-runtime=lab=${join(paths.runtime, 'lab-runc')}`,
      '--exec-opt=native.cgroupdriver=cgroupfs',
      `--cgroup-parent=/${paths.cgroupParent}`,
      '--storage-driver=overlay2',
      '--live-restore',
      '--log-level=warn',
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  child.on('error', () => undefined);
  child.unref();
  closeSync(log);
}

function logEnd(file: string): string {
  if (!existsSync(file)) return '(no log)';
  return readFileSync(file, 'utf8').split('\n').slice(-20).join('\n');
}

function alive(pid: number): boolean {
  return (
    existsSync(`/proc/${String(pid)}`) &&
    !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))
  );
}

/** Where this engine's `lab` runtime keeps its containers' state, for `runc --root`. */
export async function runtimeRoot(paths: LabHostPaths, containerId: string): Promise<string> {
  const found = (
    await runCommand('find', [
      paths.engineExec,
      '-maxdepth',
      '4',
      '-type',
      'd',
      '-name',
      containerId,
    ])
  )
    .split('\n')
    .find((line) => existsSync(join(line, 'state.json')));
  if (found === undefined)
    throw new Error(`No runtime state of container ${containerId} below ${paths.engineExec}.`);
  return dirname(found);
}
