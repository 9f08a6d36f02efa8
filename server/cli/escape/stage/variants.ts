/** Containers with a lab's options but for one defence: where controls run. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Place } from '../attempt.ts';
import type { ControlEngine } from './control-engine.ts';
import { outcomeOf } from './outcome.ts';

export interface Variant {
  name: string;
  change: Parameters<ControlEngine['container']>[0];
}

export function inVariant(variant: Variant): Place {
  return async (stage, script) => {
    const container = await stage.container(variant);
    return outcomeOf(await container.run(script));
  };
}

export const noSeccomp: Variant = {
  name: 'no-seccomp',
  change: (options) => ({ ...options, SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'] }),
};

/** Its root is the machine's root, and every device may be opened. */
export const machineRoot: Variant = {
  name: 'machine-root',
  change: (options) => ({
    ...options,
    UsernsMode: 'host',
    CapAdd: capabilitiesOfThisMachine(),
    // The image's files belong to the labs' users: its setuid programs would make the machine's root one of them.
    SecurityOpt: [...securityOptions(options), 'no-new-privileges'],
    DeviceCgroupRules: ['a *:* rwm'],
  }),
};

export const machineRootNoSeccomp: Variant = {
  name: 'machine-root-no-seccomp',
  change: (options) => ({
    ...machineRoot.change(options),
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined', 'no-new-privileges'],
  }),
};

/** A lab's root, in the machine's process namespace. */
export const machineProcesses: Variant = {
  name: 'machine-processes',
  change: (options) => ({ ...machineRoot.change(options), PidMode: 'host' }),
};

/** Own cgroup files belong to its root, and its parents' are in sight. */
export const machineCgroups: Variant = {
  name: 'machine-cgroups',
  change: (options) => ({ ...machineRoot.change(options), CgroupnsMode: 'host' }),
};

export const asMachineRoot = inVariant(machineRoot);
export const withoutSeccomp = inVariant(noSeccomp);
export const asMachineRootWithoutSeccomp = inVariant(machineRootNoSeccomp);
export const withMachineProcesses = inVariant(machineProcesses);
export const withMachineCgroups = inVariant(machineCgroups);

/** In the order of their numbers. */
const capabilities =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
  NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT
  SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
  MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ`.split(/\s+/);

/** `ALL` fails where the machine itself lacks one. */
function capabilitiesOfThisMachine(): string[] {
  const mask = BigInt(
    `0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`,
  );
  return capabilities.filter((_, number) => (mask >> BigInt(number)) & 1n);
}

/** The client's types know nothing of them. */
export function securityOptions({ SecurityOpt }: { SecurityOpt?: unknown }): string[] {
  return z.array(z.string()).default([]).parse(SecurityOpt);
}
