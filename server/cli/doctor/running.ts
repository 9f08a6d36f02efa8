/** What a lab host that runs says of itself: what it could have, by having tried. */
import { createAgentClient } from '../../agent-client/index.ts';
import type { AgentStatus } from '../../protocol/agent.ts';
import type { Requirement } from '../host/requirements.ts';

export async function runningLabHost(agentSocket: string): Promise<Requirement[]> {
  const client = createAgentClient(agentSocket);
  const status = await client.status().catch(() => undefined);
  client.close();
  if (status) return [upOrNot(status), isolation(status), kernelSettings(status)];
  return [{ name: 'lab host', ok: true, found: 'not running; `npm start` brings it up', todo: '' }];
}

function upOrNot({ kind, engine, capacity, labs }: AgentStatus): Requirement {
  const where = kind === 'container' ? 'in a container' : 'on this machine';
  return {
    name: 'lab host',
    ok: engine.up,
    found: `${where}, engine ${engine.version}, cgroup ${engine.cgroup}, ${String(labs)} labs, room for ${String(capacity.free)} more (${capacity.limitedBy} ends first)`,
    todo: 'Its engine has ended; `npm run lab -- down`, then `npm start`.',
  };
}

/** Each was found out by trying it. */
function isolation({ ownUsers, chosen }: AgentStatus): Requirement {
  const found = [
    ownUsers
      ? 'each lab has users of its own (idmapped mounts)'
      : 'labs share users (no idmapped mounts here)',
    chosen.disks === 'file'
      ? 'disks are files (loop devices)'
      : 'disks are memory (no loop devices)',
    chosen.layers === 'kernel' ? 'layers by the kernel (squashfs)' : 'layers by squashfuse',
    chosen.namespaceLimits
      ? 'limits on namespaces for each lab'
      : 'no limits on namespaces for each lab',
  ];
  return { name: 'lab host: found', ok: true, found: found.join(', '), todo: '' };
}

/** Labs run all the same; fewer of them, or one that takes much is felt by others. */
function kernelSettings({ lowSettings }: AgentStatus): Requirement {
  return {
    name: 'lab host: kernel settings',
    ok: lowSettings.length === 0,
    found:
      lowSettings.length === 0
        ? 'as high as wanted'
        : `lower than wanted and not to be raised here (has, wanted): ${lowSettings.join('; ')}`,
    // Not a fault: no todo, so that it never makes doctor fail.
    todo: '',
  };
}
