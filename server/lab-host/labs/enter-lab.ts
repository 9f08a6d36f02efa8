/**
 * How a process gets into a lab: `runc exec`, by the runtime state the engine keeps. It sets the lab's namespaces,
 * cgroups, seccomp profile and capabilities as the engine's own exec does, at a fraction of its time and memory
 * (server/decisions/002-runc-exec.md).
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { entryWay, type EntryWay } from './entry-way.ts';

export interface EnterLab {
  paths: LabHostPaths;
  runtimeRoot: string;
  containerId: string;
  /** For the probe alone; otherwise what is right here. */
  way?: EntryWay;
  env: Record<string, string>;
  tty: boolean;
  command: string[];
}

export interface EnterCommand {
  program: string;
  args: string[];
  /** Holds the machine's number of the entered process once it runs. */
  pidFile: string;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function enterCommand(entry: EnterLab): EnterCommand {
  const pidFile = join(entry.paths.runDir, `exec-${randomUUID()}.pid`);
  const env = {
    PATH: path,
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    ...entry.env,
  };
  const args = [
    '--root',
    entry.runtimeRoot,
    'exec',
    '--cwd',
    '/root',
    '--pid-file',
    pidFile,
    ...(entry.tty ? ['--tty'] : []),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    entry.containerId,
    ...entry.command,
  ];
  if ((entry.way ?? entryWay(entry.paths)) === 'direct') return { program: 'runc', args, pidFile };
  const cgroup = `${entry.paths.cgroupParent}/${entry.containerId}`;
  const joining = [join(entry.paths.runtime, 'join-cgroups'), cgroup, 'runc', ...args];
  return { program: 'sh', args: joining, pidFile };
}
