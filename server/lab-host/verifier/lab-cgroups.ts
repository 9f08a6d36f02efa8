import { existsSync } from 'node:fs';

export interface LabCgroups {
  /** Where all processes of the lab are found, `MOUNT:PATH`. */
  tree: string;
  /** `CONTROLLER:MOUNT:PATH` of each hierarchy with limits; the controller of v2's only one is empty. */
  limits: string[];
}

const root = '/sys/fs/cgroup';
const limited = ['memory', 'pids', 'cpu'];

/**
 * The lab's own cgroups, from `/proc/<its PID 1>/cgroup`. PID 1 has moved down from there (systemd's `init.scope`), so
 * each path is cut after the container's name.
 */
export function findLabCgroups(
  membership: string,
  containerId: string | undefined,
  isV2 = existsSync(`${root}/cgroup.controllers`),
): LabCgroups {
  const paths = new Map(
    membership
      .trim()
      .split('\n')
      .flatMap((line) => parseLine(line, containerId)),
  );
  const unified = paths.get('');
  if (isV2 && unified !== undefined)
    return { tree: `${root}:${unified}`, limits: [`:${root}:${unified}`] };
  const tree = ['name=systemd', 'pids', 'memory'].find((name) => paths.has(name));
  if (tree === undefined) throw new Error('The lab has no cgroup of its own.');
  return {
    tree: `${mountOf(tree)}:${paths.get(tree) ?? ''}`,
    limits: limited.flatMap((name) => {
      const path = paths.get(name);
      return path === undefined ? [] : [`${name}:${mountOf(name)}:${path}`];
    }),
  };
}

/** `4:cpu,cpuacct:/drydock/<id>/init.scope` → both controllers with `/drydock/<id>`. */
function parseLine(line: string, containerId: string | undefined): [string, string][] {
  const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  const parts = path.split('/');
  const own = parts.findIndex((part) =>
    containerId === undefined ? /[0-9a-f]{64}/.test(part) : part.includes(containerId),
  );
  if (own < 0) return [];
  const cut = parts.slice(0, own + 1).join('/');
  return names.split(',').map((name) => [name, cut]);
}

function mountOf(controller: string): string {
  return `${root}/${controller.replace('name=', '')}`;
}
