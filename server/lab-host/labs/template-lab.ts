/** The one lab in which the images' template is made; started as every lab is, on a disk of the builder's. */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { labLimitsSchema } from '../../protocol/agent.ts';
import { runtimeRoot } from '../engine/start-engine.ts';
import type { Engine } from '../engine/docker.ts';
import { labUidStart } from '../engine/users.ts';
import type { LabHostPaths } from '../paths.ts';
import { enterCommand } from './enter-lab.ts';
import { learnEntryWay } from './learn-entry-way.ts';
import { startLab } from './start-lab.ts';

export interface TemplateLab {
  run: (
    script: string,
    stdin?: Readable,
  ) => Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Where the disk is mounted on the lab host. */
  diskMount: string;
  /** Removes the container; the disk stays mounted until `close`. */
  stop: () => Promise<void>;
  close: () => Promise<void>;
}

interface TemplateLabOptions {
  engine: Engine;
  paths: LabHostPaths;
  signal: AbortSignal;
  image: string;
  /** What becomes the lab's disk: a file with a file system, or a folder. It is copied. */
  disk: string;
}

export async function templateLab(options: TemplateLabOptions): Promise<TemplateLab> {
  const { engine, paths, signal } = options;
  const id = `t${randomBytes(6).toString('hex').slice(0, 11)}`;
  const lab = await startLab({
    id,
    lease: 'build',
    limits: labLimitsSchema.parse({ memory: 2048, pids: 1024, cpus: 2 }),
    createdAt: Date.now(),
    // What it leaves on the disk is every lab's, as the engine maps it; labs see it as their own by lab-mounts.ts.
    users: labUidStart(),
    usersOnDisk: labUidStart(),
    usersProgram: undefined,
    image: options.image,
    template: { path: options.disk, kind: (await stat(options.disk)).isFile() ? 'file' : 'folder' },
    layers: undefined,
    engine,
    paths,
    signal,
  });
  const entry = {
    paths,
    containerId: lab.containerId,
    runtimeRoot: await runtimeRoot(paths, lab.containerId),
  };
  await learnEntryWay(entry);
  return {
    diskMount: join(paths.disks, id),
    run: (script, stdin) => runIn(entry, script, stdin),
    stop: () => lab.container.remove({ force: true }).then(() => undefined),
    close: () => Promise.resolve(lab.disk[Symbol.asyncDispose]()),
  };
}

async function runIn(
  entry: { paths: LabHostPaths; containerId: string; runtimeRoot: string },
  script: string,
  stdin?: Readable,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { program, args } = enterCommand({
    ...entry,
    env: {},
    tty: false,
    command: ['bash', '-c', script],
  });
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  if (stdin) stdin.pipe(child.stdin);
  else child.stdin.end();
  await once(child, 'close');
  return { exitCode: child.exitCode ?? 137, stdout, stderr };
}
