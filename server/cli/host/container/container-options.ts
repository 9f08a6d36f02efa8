/** The command line that makes the lab host's container; each option with its reason. */
import { join } from 'node:path';
import { addCapabilities, type Privilege } from './privilege.ts';
import { checkout } from './stage-context.ts';
import type { AnsweringEngine } from './types.ts';

/** Labs, agent and engine end one after the other; a busy machine takes its time. */
const stopTimeoutSeconds = 60;
export const labHostLabel = 'org.drydock.lab-host';

export interface ContainerSpec {
  /** Of the container and of its volume. */
  name: string;
  image: string;
  engine: AnsweringEngine;
  privilege: Privilege;
  /** Of main.ts. */
  args: string[];
}

export function createArguments(spec: ContainerSpec): string[] {
  const { name, image, engine, privilege } = spec;
  return [
    'run',
    '--detach',
    ...['--name', name, '--hostname', 'lab-host', '--label', `${labHostLabel}=${name}`],
    // Not before it has come up once: one that cannot would be started over and over.
    ...['--restart', 'no'],
    ...['--stop-timeout', String(stopTimeoutSeconds)],
    // A volume is a real file system, which the overlays of its engine need below them.
    ...['--volume', `${name}:/var/lib/drydock`],
    // Gone with a restart, as after a reboot; programs are run from it.
    ...['--tmpfs', '/run:exec'],
    // What is mounted at /sys/fs/cgroup and what /proc says of a process then agree.
    ...['--cgroupns', 'private'],
    // Its labs have limits of their own.
    ...['--pids-limit', '-1'],
    // Docker's profile denies mounts; the labs are confined by one of their own.
    ...['--security-opt', 'apparmor=unconfined'],
    // Not tried: SELinux would deny the lab host what it mounts for labs.
    ...(engine.selinux ? ['--security-opt', 'label=disable'] : []),
    ...privilegeArguments(privilege),
    image,
    '/opt/drydock/server/cli/host/container/main.ts',
    ...spec.args,
  ];
}

function privilegeArguments(privilege: Privilege): string[] {
  if (privilege.kind === 'remapped') return remapped();
  return [
    ...(privilege.ownUsers ? ['--userns', 'host'] : []),
    ...(privilege.kind === 'privileged'
      ? ['--privileged']
      : [
          ...addCapabilities(privilege.capabilities),
          ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined'],
          ...['--device-cgroup-rule', 'a *:* rwm'],
        ]),
    // The devices of loop-mounted disks appear while it runs, in the machine's /dev alone.
    ...['--volume', '/dev:/dev'],
  ];
}

/** All capabilities of the container's own user namespace, and none of the machine's. */
function remapped(): string[] {
  const profile = join(checkout, 'server', 'lab-host', 'runtime', 'seccomp.json');
  return [
    ...['--runtime', 'lab', '--cap-add', 'ALL'],
    ...['--security-opt', `seccomp=${profile}`, '--security-opt', 'systempaths=unconfined'],
    ...['--device-cgroup-rule', 'c 10:229 rwm', '--device-cgroup-rule', 'c 10:200 rwm'],
    // Not by --device, which makes nodes of its own that the labs' root may not open.
    ...['--volume', '/dev/fuse:/dev/fuse', '--volume', '/dev/net/tun:/dev/net/tun'],
  ];
}
