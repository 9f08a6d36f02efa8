/** Makes one lab, from its disk to the moment its engine answers; a start that fails removes what it made. */
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Container } from 'dockerode';
import type { Engine } from '../engine/docker.ts';
import type { LabHostPaths } from '../paths.ts';
import { containerOptions, type LabContainer } from './container-options.ts';
import { makeDisk, type DiskTemplate, type LabDisk } from './disk.ts';
import { labMounts, type LabMounts } from './lab-mounts.ts';

/**
 * Seen: 1 s alone, several seconds when forty start at once; on an emulated machine, whose own engine takes 30 s, far more.
 * A lab whose PID 1 ends is not waited for. Less than the agent's clients wait.
 */
export const labStartTimeoutMs = 200_000;

export interface StartLab extends Omit<LabContainer, 'disk'> {
  engine: Engine;
  /** The program that gives labs namespaces and users of their own (lab-mounts.ts); without it, they are the engine's. */
  usersProgram: string | undefined;
  /** First user that files on disk belong to. */
  usersOnDisk: number;
  paths: LabHostPaths;
  template: DiskTemplate;
  signal: AbortSignal;
}

export interface StartedLab {
  container: Container;
  containerId: string;
  /** The lab's PID 1, as the machine numbers it. */
  initPid: number;
  disk: LabDisk;
}

export async function startLab(lab: StartLab): Promise<StartedLab> {
  await using made = new AsyncDisposableStack();
  const mounts = made.use(await mountsOf(lab));
  const disk = made.use(await makeDisk({ ...lab, show: mounts?.showDisk }));
  const layers = mounts ? mounts.layers : lab.layers;
  let container: Container | undefined;
  try {
    const options = containerOptions(lab.paths, { ...lab, layers, disk });
    container = await lab.engine.createContainer(options);
    {
      await using _told = await mounts?.use(container);
      await container.start({ abortSignal: lab.signal });
    }
    const { State } = await container.inspect();
    await engineAnswers(
      State.Pid,
      AbortSignal.any([lab.signal, AbortSignal.timeout(labStartTimeoutMs)]),
    );
    made.move();
    return { container, containerId: container.id, initPid: State.Pid, disk };
  } catch (error) {
    const log = container ? await lastWords(container, disk) : '';
    await container?.remove({ force: true }).catch(() => undefined);
    throw new Error(`Lab ${lab.id} did not start${log}`, { cause: error });
  }
}

async function mountsOf(lab: StartLab): Promise<LabMounts | undefined> {
  const { usersProgram } = lab;
  if (usersProgram === undefined) return undefined;
  return labMounts({ ...lab, usersProgram, users: { onDisk: lab.usersOnDisk, ofLab: lab.users } });
}

/** Only for a lab that nobody has had in hand: the path is the lab's, and is followed as it is. */
async function engineAnswers(initPid: number, signal: AbortSignal): Promise<void> {
  const socketPath = `/proc/${String(initPid)}/root/run/docker.sock`;
  for (;;) {
    signal.throwIfAborted();
    if (await ping(socketPath, signal)) return;
    if (!existsSync(`/proc/${String(initPid)}`)) throw new Error('PID 1 of the lab has ended');
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

function ping(socketPath: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', signal }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode === 200);
      });
      response.on('error', () => {
        resolve(false);
      });
    });
    asked.on('error', () => {
      resolve(false);
    });
    asked.end();
  });
}

/** What is known of a lab that did not come up: its end, the words of its first program, its engine's log. */
async function lastWords(container: Container, disk: LabDisk): Promise<string> {
  const state = await container.inspect().then(
    (facts) => facts.State,
    () => undefined,
  );
  if (!state) return '';
  const log = join(disk.root, 'enter.log');
  const words = existsSync(log) ? readFileSync(log, 'utf8').trim().slice(-1000) : '';
  if (state.Running)
    return `: its engine did not answer in ${String(labStartTimeoutMs / 1000)} s. ${words}\n${await engineLog(container)}`;
  return `: it ended with exit code ${String(state.ExitCode)} ${state.Error} ${words}`;
}

async function engineLog(container: Container): Promise<string> {
  const command = [
    'journalctl',
    '--no-pager',
    '--lines=30',
    '--unit=docker',
    '--unit=containerd',
    '--output=short-monotonic',
  ];
  const exec = await container.exec({
    Cmd: command,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
  });
  const stream = await exec.start({ Tty: true });
  return text(stream).catch(() => '(no log)');
}
