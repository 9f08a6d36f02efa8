/** All that the operator's page shows, as it is now. */
import { DrydockError } from '../../../errors.ts';
import type { OperatorLab, OperatorState } from '../../../protocol/operator.ts';
import { ownerName } from '../../owner-name.ts';
import type { Services } from '../../services.ts';

type Parts = Pick<Services, 'agent' | 'drain' | 'sessions' | 'usage' | 'version'>;

export async function operatorState(services: Parts, signedIn: boolean): Promise<OperatorState> {
  const { drain, sessions, version } = services;
  const [labs, labHost] = await Promise.all([labsOf(services), labHostOf(services)]);
  const drainingSince = drain.since();
  const { blank, broken } = sessions.poolState();
  return {
    ...{ version, signedIn, labs, labHost },
    ...(drainingSince !== undefined && { drainingSince }),
    queued: labs.filter(({ state }) => state === 'queued').length,
    pool: { blank, broken },
  };
}

async function labsOf({ sessions, usage, agent }: Parts): Promise<OperatorLab[]> {
  const [used, statuses] = await Promise.all([usage.all(), agent.list().catch(() => [])]);
  const viewers = new Map(statuses.map((lab) => [lab.id, lab.viewers]));
  return sessions.book.all().map((lab): OperatorLab => {
    const { id, scenario, reason, createdAt, expiresAt, solved } = lab;
    const stats = used.get(id);
    return {
      ...{ id, scenario, reason, createdAt, expiresAt, solved },
      owner: ownerName(lab.owner),
      state: sessions.viewOf(lab).state,
      ...(stats && { usage: pick(stats) }),
      terminals: viewers.get(lab.agentId ?? '') ?? 0,
      activeAt: sessions.notes.of(id).activeAt,
    };
  });
}

function pick({
  memory,
  memoryMax,
  disk,
  diskMax,
  pids,
}: NonNullable<OperatorLab['usage']>): OperatorLab['usage'] {
  return { memory, memoryMax, disk, diskMax, pids };
}

async function labHostOf({ agent }: Parts): Promise<OperatorState['labHost']> {
  try {
    const { version, kind, engine, ownUsers, labs, capacity } = await agent.status();
    const { free, limitedBy, memoryFree, diskFree } = capacity;
    return {
      up: engine.up,
      reason: engine.up ? '' : 'The engine of the lab host does not answer.',
      facts: {
        ...{ version, kind, ownUsers, labs, free, limitedBy, memoryFree, diskFree },
        engine: `${engine.version}, ${engine.storage}`,
        cgroup: engine.cgroup,
      },
    };
  } catch (error) {
    const known = error instanceof DrydockError ? error : new DrydockError('lab_host_down');
    return { up: false, reason: `${known.message} ${known.hint}` };
  }
}
