/** Ends everything of Drydock that runs on the machine, in an order that leaves nothing behind. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentClient } from '../../agent-client/index.ts';
import { restoreKernelSettings } from '../../lab-host/engine/kernel-settings.ts';
import { insideNamespaces, removeNamespaces } from '../../lab-host/engine/namespaces.ts';
import { readPid } from '../../lab-host/engine/processes.ts';
import { endSquashfsServers } from '../../lab-host/engine/squashfs-servers.ts';
import { runCommand } from '../../lab-host/engine/run-command.ts';
import { stopEngine } from '../../lab-host/engine/start-engine.ts';
import { cgroupDirs, removeCgroups } from '../../lab-host/labs/cgroup-files.ts';
import { labHostPaths, type LabHostPaths } from '../../lab-host/paths.ts';
import { endAgent } from './ensure-lab-host.ts';

export async function takeDown(options: {
  stateDir: string;
  runDir: string;
  agentSocket?: string | undefined;
}): Promise<void> {
  const paths = labHostPaths(options.stateDir, options.runDir, options.agentSocket);
  await endProcess(join(paths.runDir, 'start.pid'), 'cli/main.ts', process.pid);
  await endProcess(join(paths.runDir, 'web.pid'), 'web/main.ts');
  await removeLabs(paths);
  await endAgent(paths);
  await stopEngine(paths);
  await endStragglers(paths);
  endSquashfsServers(paths.layers);
  if (existsSync(paths.namespaces)) await removeNamespaces(paths);
  restoreKernelSettings(paths.kernelSettings);
  await removeCgroups(paths.cgroupParent);
  rmSync(paths.runDir, { recursive: true, force: true });
}

/** By the agent where there is one, otherwise by what the engine would have done: end PID 1. */
async function removeLabs(paths: LabHostPaths): Promise<void> {
  const client = createAgentClient(paths.agentSocket);
  const labs = await client.list().catch(() => []);
  await Promise.all(labs.map((lab) => client.destroyLab(lab.id).catch(() => undefined)));
  client.close();
  if (!existsSync(paths.engineSocket)) return;
  const docker = ['-H', `unix://${paths.engineSocket}`];
  const [program, args] = insideNamespaces(paths, 'sh', [
    '-c',
    'ids=$(timeout 10 docker "$@" ps -aq) && [ -z "$ids" ] || timeout 60 docker "$@" rm -f $ids',
    'sh',
    ...docker,
  ]);
  await runCommand(program, args, { timeoutMs: 80_000 }).catch(() => '');
}

/** Whatever is still in a lab's cgroup, and the shims that outlive an engine on purpose. */
async function endStragglers(paths: LabHostPaths): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    const pids = cgroupDirs(paths.cgroupParent).flatMap(processesBelow);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    await sleep(50);
  }
}

export async function endProcess(pidFile: string, program: string, exceptPid = 0): Promise<void> {
  const pid = readPid(pidFile, program);
  if (pid === undefined || pid === exceptPid) return;
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < 8_000 && readPid(pidFile, program) === pid; waited += 50)
    await sleep(50);
  if (readPid(pidFile, program) === pid) process.kill(pid, 'SIGKILL');
}

/** A lab may nest its cgroups deeper than a path can say; what is in those ends with the lab's PID 1. */
function processesBelow(dir: string): number[] {
  try {
    const inner = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const own = readFileSync(join(dir, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
    return [...own, ...inner.flatMap((entry) => processesBelow(join(dir, entry.name)))];
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
