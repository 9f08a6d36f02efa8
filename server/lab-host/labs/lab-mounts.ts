/**
 * Gives a lab users of its own: a user namespace with limits that the lab's root cannot raise, and its image, the shared
 * layers and its disk shown as if they were those users' (idmapped mounts). On disk all of it belongs to the range that
 * the engine maps every container to; nothing is copied and nothing changes its owner.
 */
import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from 'dockerode';
import { z } from 'zod';
import { runCommand } from '../engine/run-command.ts';
import type { LabHostPaths } from '../paths.ts';
import { usersPerLab } from './user-ranges.ts';

/**
 * What one lab may have, of which the machine has a number for all that root and its own make; names of /proc/sys/user. A lab
 * with a hundred containers has some six hundred namespaces.
 */
const limits = {
  ...{ max_cgroup_namespaces: 1_024, max_ipc_namespaces: 1_024, max_mnt_namespaces: 1_024 },
  ...{ max_net_namespaces: 192, max_pid_namespaces: 1_024, max_time_namespaces: 1_024 },
  ...{ max_user_namespaces: 1_024, max_uts_namespaces: 1_024 },
  ...{ max_inotify_instances: 8_192, max_inotify_watches: 1_048_576, max_fanotify_groups: 1_024 },
};

export interface LabMountsOptions {
  paths: LabHostPaths;
  id: string;
  /** The program that runtime/lab-users.c becomes. */
  usersProgram: string;
  /** First user of the files on disk, and of the lab. */
  users: { onDisk: number; ofLab: number };
  /** Mount point of the shared layers. */
  layers: string | undefined;
}

export interface LabMounts extends AsyncDisposable {
  layers: string | undefined;
  /** Shows the lab's disk, mounted at `from`, at `to`. */
  showDisk: (from: string, to: string) => Promise<void>;
  /**
   * Makes the image of a container, which has not started yet, its root. The runtime (lab-runc) is told in a file, to be
   * disposed of once the container has started.
   */
  useAsRoot: (container: Container) => Promise<AsyncDisposable>;
}

export async function labMounts(options: LabMountsOptions): Promise<LabMounts> {
  const { paths, id } = options;
  const folder = folderOf(paths, id);
  const root = join(folder, 'root');
  const layers = join(folder, 'layers');
  for (const path of [root, layers]) await mkdir(path, { recursive: true, mode: 0o755 });
  await makeNamespace(options);
  if (options.layers !== undefined) await show(options, [[options.layers, layers]]);
  return {
    layers: options.layers === undefined ? undefined : layers,
    showDisk: (from, to) => show(options, [[from, to]]),
    useAsRoot: (container) => mountImage(options, container, root),
    [Symbol.asyncDispose]: () => removeLabMounts(paths, id),
  };
}

/** Whatever of them is left. */
export async function removeLabMounts(paths: LabHostPaths, id: string): Promise<void> {
  const folder = folderOf(paths, id);
  for (const name of ['root', 'layers', 'image', 'users'])
    await runCommand('umount', ['-l', join(folder, name)]).catch(() => '');
  await rm(join(folder, 'users'), { force: true });
  // Never recursively: were a mount still there, that would reach what it shows.
  for (const path of ['root', 'layers', 'image', '.'])
    await rmdir(join(folder, path)).catch(() => undefined);
}

/** Of the labs that have any. */
export async function labsWithMounts(paths: LabHostPaths): Promise<string[]> {
  const names = await readdir(paths.labMounts).catch(() => []);
  return names.filter((name) => !name.startsWith('.'));
}

/** Why kernel or file systems here cannot do it; undefined if they can. */
export async function whyNotShown(
  options: Omit<LabMountsOptions, 'id'>,
  engineData: string,
): Promise<string | undefined> {
  // Of this agent alone: another may be starting or ending at the same time.
  const id = `.probe-${String(process.pid)}`;
  const image = join(folderOf(options.paths, id), 'image');
  try {
    await using _mounts = await labMounts({ ...options, id });
    await mkdir(image, { recursive: true });
    await show(options, [[engineData, image]]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const graphSchema = z.object({
  GraphDriver: z.object({ Data: z.object({ LowerDir: z.string() }) }),
});

/** The layers that the engine has for the image, put together once more, from a view in which they are the lab's. */
async function mountImage(
  options: LabMountsOptions,
  container: Container,
  root: string,
): Promise<AsyncDisposable> {
  const { paths, id, users } = options;
  const lower = graphSchema.parse(await container.inspect()).GraphDriver.Data.LowerDir.split(':');
  const store = join(lower[0] ?? '', '..', '..');
  const image = join(folderOf(paths, id), 'image');
  await mkdir(image, { recursive: true, mode: 0o700 });
  await show(options, [[store, image]]);
  const shown = lower.map((layer) => join(image, layer.slice(store.length))).join(':');
  // By mount(2): the newer call, which util-linux takes from 2.39 on, has room for 255 characters of `lowerdir`.
  await runCommand('env', [
    'LIBMOUNT_FORCE_MOUNT2=always',
    ...['mount', '-t', 'overlay', '-o', `ro,lowerdir=${shown}`, 'lab-image', root],
  ]);
  // The overlay holds what it needs of it. Lazily: a lab that starts at the same time has a copy of all mounts for a moment.
  await runCommand('umount', ['-l', image]);
  await mkdir(paths.runtimeLabs, { recursive: true });
  const file = join(paths.runtimeLabs, `${container.id}.json`);
  await writeFile(
    file,
    JSON.stringify({
      root,
      namespace: namespaceOf(options),
      start: users.ofLab,
      count: usersPerLab,
    }),
  );
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

async function makeNamespace(options: LabMountsOptions): Promise<void> {
  const settings = Object.entries(limits).map(([name, value]) => `${name}=${String(value)}`);
  const range = [options.users.ofLab, usersPerLab].map(String);
  await runCommand(options.usersProgram, [
    'namespace',
    ...range,
    namespaceOf(options),
    ...settings,
  ]);
}

/** Its file can only be kept on a mount that does not propagate; all of the lab host's are such. */
function namespaceOf({ paths, id }: Pick<LabMountsOptions, 'paths' | 'id'>): string {
  return join(folderOf(paths, id), 'users');
}

async function show(
  { usersProgram, users }: Pick<LabMountsOptions, 'usersProgram' | 'users'>,
  mounts: [from: string, to: string][],
): Promise<void> {
  const range = [users.onDisk, users.ofLab, usersPerLab].map(String);
  await runCommand(usersProgram, ['show', ...range, ...mounts.flat()]);
}

function folderOf(paths: LabHostPaths, id: string): string {
  return join(paths.labMounts, id);
}
