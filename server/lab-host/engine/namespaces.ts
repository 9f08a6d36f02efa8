/**
 * The mount and network namespace that the lab host lives in. They are kept by bind mounts, so that engine and agent can
 * each end and start again in them; nothing that is mounted inside is seen by the machine, and all of it goes with them.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';
import { runCommand } from './run-command.ts';

/** slirp4netns answers DNS here once egress is on. */
const egressResolver = 'nameserver 10.0.2.3\n';

export async function ensureNamespaces(paths: LabHostPaths): Promise<void> {
  if (await alive(paths)) return;
  await removeNamespaces(paths);
  mkdirSync(paths.namespaces, { recursive: true, mode: 0o700 });
  // The file of a mount namespace can only be kept on a mount that does not propagate.
  await runCommand('mount', ['--bind', paths.namespaces, paths.namespaces]);
  await runCommand('mount', ['--make-private', paths.namespaces]);
  const files = { mount: join(paths.namespaces, 'mnt'), net: join(paths.namespaces, 'net') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const resolver = join(paths.runDir, 'resolv.conf');
  writeFileSync(resolver, egressResolver);
  // `slave`: what the machine unmounts goes away in here too, what is mounted here stays here.
  await onSomeCpu('unshare', [
    `--mount=${files.mount}`,
    `--net=${files.net}`,
    '--propagation=slave',
    'sh',
    '-c',
    // Where a containerd of the machine's own answers, dockerd takes it instead of one of its own, and labs would be made in
    // the machine's namespaces. And a machine without a network may have no resolv.conf.
    'ip link set lo up && mkdir -p /run/containerd && mount -t tmpfs -o mode=711 lab-host /run/containerd && { [ ! -e /etc/resolv.conf ] || mount --bind "$1" "$(readlink -f /etc/resolv.conf)"; }',
    'sh',
    resolver,
  ]);
}

/**
 * A mount namespace can be kept in an older one alone. Newer kernels number them by CPU: in a container, whose own was
 * made on whichever, the number of one made on another may be the lower one.
 */
async function onSomeCpu(program: string, args: string[]): Promise<void> {
  const pinned = cpus().map((_, cpu) => ['taskset', '-c', String(cpu)]);
  let failure: unknown;
  for (const [first = '', ...rest] of [[], ...pinned].map((pin) => [...pin, program, ...args])) {
    try {
      await runCommand(first, rest);
      return;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** The command that runs `program` inside. */
export function insideNamespaces(
  paths: LabHostPaths,
  program: string,
  args: string[],
): [string, string[]] {
  const enter = [
    `--mount=${join(paths.namespaces, 'mnt')}`,
    `--net=${join(paths.namespaces, 'net')}`,
  ];
  return ['nsenter', [...enter, '--', program, ...args]];
}

export async function removeNamespaces(paths: LabHostPaths): Promise<void> {
  for (const name of ['mnt', 'net']) {
    await runCommand('umount', [join(paths.namespaces, name)]).catch(() => '');
  }
  await runCommand('umount', [paths.namespaces]).catch(() => '');
  rmSync(paths.namespaces, { recursive: true, force: true });
}

async function alive(paths: LabHostPaths): Promise<boolean> {
  if (!existsSync(join(paths.namespaces, 'mnt'))) return false;
  const [program, args] = insideNamespaces(paths, 'true', []);
  return runCommand(program, args).then(
    () => true,
    () => false,
  );
}
