/** Where the lab host keeps what: `stateDir` outlives a reboot, `runDir` does not. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface LabHostPaths {
  stateDir: string;
  runDir: string;
  /** Data root of the lab host's engine. */
  engineData: string;
  engineExec: string;
  engineSocket: string;
  enginePid: string;
  engineLog: string;
  /** The OCI runtime wrapper, its hook, the lab's first program and the seccomp profile, copied out of the checkout. */
  runtime: string;
  /** What the wrapper is to know of a container that is about to start: `<container id>.json`. */
  runtimeLabs: string;
  /** Per lab: `<id>.img` and its mount point `<id>/`. */
  disks: string;
  /** Where the shared image layers are mounted, read-only. */
  layers: string;
  /** Per lab: what it is shown of image and layers. */
  labMounts: string;
  devices: string;
  logs: string;
  namespaces: string;
  agentSocket: string;
  agentPid: string;
  /** Above every lab's cgroup, below the root of each hierarchy; it carries the sum of what labs may take. */
  cgroupParent: string;
  kernelSettings: string;
  /** What labs/entry-way.ts has found out. */
  entryWay: string;
}

/** `agentSocket` may lie elsewhere: its folder can then be shared with the web server, and nothing of the engine is. */
export function labHostPaths(
  stateDir: string,
  runDir: string,
  agentSocket = join(runDir, 'agent.sock'),
): LabHostPaths {
  return {
    stateDir,
    runDir,
    engineData: join(stateDir, 'engine'),
    engineExec: join(runDir, 'engine'),
    engineSocket: join(runDir, 'engine.sock'),
    enginePid: join(runDir, 'engine.pid'),
    engineLog: join(stateDir, 'logs', 'engine.log'),
    runtime: join(stateDir, 'runtime'),
    runtimeLabs: join(stateDir, 'runtime', 'labs'),
    disks: join(stateDir, 'disks'),
    layers: join(runDir, 'layers'),
    labMounts: join(runDir, 'labs'),
    devices: join(runDir, 'devices'),
    logs: join(stateDir, 'logs'),
    namespaces: join(runDir, 'ns'),
    agentSocket,
    agentPid: join(runDir, 'agent.pid'),
    cgroupParent: cgroupParentOf(runDir),
    kernelSettings: join(runDir, 'kernel-settings.json'),
    entryWay: join(runDir, 'entry-way'),
  };
}

/** Two lab hosts on one machine, of two run directories, keep apart. */
function cgroupParentOf(runDir: string): string {
  if (runDir === '/run/drydock') return 'drydock';
  return `drydock-${createHash('sha256').update(runDir).digest('hex').slice(0, 8)}`;
}
