/** How a lab's container is made; each defence that is an option of the engine stands here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { LabLimitsSpec } from '../../protocol/agent.ts';
import type { LabHostPaths } from '../paths.ts';
import { containerName, labels } from './labels.ts';
import type { LabDisk } from './disk.ts';
import { diskBytes } from './disk-kind.ts';

export interface LabContainer {
  id: string;
  lease: string;
  image: string;
  limits: LabLimitsSpec;
  createdAt: number;
  /** First of the lab's users on the machine. */
  users: number;
  disk: LabDisk;
  /** Mount point of the shared image layers; without it the lab has none. */
  layers: string | undefined;
}

const mib = 1024 * 1024;
/** The client's types lack it; the engine has had it since 20.10. */
type LabHostConfig = HostConfig & { CgroupnsMode: 'private' };
/** Per process; a lab's pids limit is far below, so that this is never what a learner meets first. */
const openFiles = 65_536;

/** Never above our own: raising a limit takes a capability that not every machine gives. */
function openFilesLimit(): number {
  const match = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return Math.min(openFiles, Number(match?.[1] ?? openFiles));
}

export function containerOptions(paths: LabHostPaths, lab: LabContainer): ContainerCreateOptions {
  return {
    name: containerName(lab.id),
    Image: lab.image,
    Hostname: 'lab',
    Cmd: ['/.enter'],
    Env: ['container=docker'],
    Labels: labels(lab),
    StopSignal: 'SIGRTMIN+3',
    HostConfig: hostConfig(paths, lab),
  };
}

function hostConfig(paths: LabHostPaths, lab: LabContainer): LabHostConfig {
  // What a lab writes to a disk of memory counts as the lab's.
  const memory = lab.limits.memory * mib + (lab.disk.kind === 'memory' ? diskBytes.memory : 0);
  return {
    Runtime: 'lab',
    NetworkMode: 'none',
    CgroupnsMode: 'private',
    // The engine's own /dev/shm belongs to the engine's users; the lab's systemd mounts one of the lab's.
    IpcMode: 'none',
    CgroupParent: `/${paths.cgroupParent}`,
    CapAdd: ['ALL'],
    SecurityOpt: [
      `seccomp=${readFileSync(join(paths.runtime, 'seccomp.json'), 'utf8')}`,
      'apparmor=unconfined',
    ],
    // The command line's `systempaths=unconfined`: masks would keep a lab's engine from mounting /proc for its containers.
    MaskedPaths: [],
    ReadonlyPaths: [],
    DeviceCgroupRules: ['c 10:229 rwm', 'c 10:200 rwm'],
    LogConfig: { Type: 'none', Config: {} },
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: lab.limits.cpus * 1e9,
    PidsLimit: lab.limits.pids,
    Ulimits: [{ Name: 'nofile', Soft: openFilesLimit(), Hard: openFilesLimit() }],
    ReadonlyRootfs: true,
    Tmpfs: { '/run': 'exec', '/run/lock': '' },
    Binds: [
      `${lab.disk.docker}:/var/lib/docker`,
      `${lab.disk.root}:/.disk`,
      `${join(paths.runtime, 'enter')}:/.enter:ro`,
      `${join(paths.devices, 'fuse')}:/dev/fuse`,
      `${join(paths.devices, 'tun')}:/dev/net/tun`,
      ...(lab.layers === undefined ? [] : [`${lab.layers}:/opt/layers:ro`]),
    ],
  };
}
