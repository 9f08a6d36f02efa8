/** Gauges that are counted anew each time somebody scrapes. No label has more values than a fixed list: never a lab's id. */
import { Gauge } from 'prom-client';
import type { LabStats } from '../protocol/agent.ts';
import { labPhaseSchema } from '../protocol/api.ts';
import type { Metrics } from './metrics.ts';
import type { Services } from './services.ts';

type Sources = Pick<Services, 'agent' | 'drain' | 'sessions' | 'usage' | 'version'>;
type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number];

interface GaugeOptions {
  name: string;
  help: string;
  labelNames?: string[];
  collect: () => Sample[] | Promise<Sample[]>;
}

/** Once, when the rest is there. */
export function observeState({ registry }: Metrics, sources: Sources): void {
  const gauges = [
    ...gaugesOfSessions(sources),
    ...gaugesOfLabHost(sources),
    ...gaugesOfUse(sources),
  ];
  for (const { name, help, labelNames = [], collect } of gauges) {
    const gauge: Gauge = new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      collect: async () => {
        const samples = await collect();
        gauge.reset();
        // A gauge without labels is 0 after a reset; what is not known is not to be 0.
        if (samples.length === 0) gauge.remove({});
        for (const [labels, value] of samples) gauge.set(labels, value);
      },
    });
  }
}

function gaugesOfSessions({ drain, sessions, version }: Sources): GaugeOptions[] {
  const byKind = (what: 'ready' | 'wanted') => (): Sample[] => {
    const { blank, broken } = sessions.poolState();
    return [
      [{ kind: 'blank' }, blank[what]],
      [{ kind: 'broken' }, broken[what]],
    ];
  };
  const kind = { labelNames: ['kind'] };
  const inPhase = (phase: string): number =>
    sessions.book.all().filter((lab) => lab.phase === phase).length;
  return [
    {
      ...{ name: 'drydock_info', help: 'Always 1; which version runs', labelNames: ['version'] },
      collect: () => [[{ version }, 1]],
    },
    {
      ...{ name: 'drydock_draining', help: 'Whether no new labs are made, before an update' },
      collect: () => [[{}, Number(drain.on())]],
    },
    {
      ...{ name: 'drydock_labs', help: 'Labs of learners, by phase', labelNames: ['phase'] },
      collect: () => labPhaseSchema.options.map((phase) => [{ phase }, inPhase(phase)]),
    },
    {
      ...{ name: 'drydock_queue_length', help: 'Learners who wait in line for a lab' },
      collect: () => [[{}, inPhase('queued')]],
    },
    {
      ...{
        name: 'drydock_pool_ready_labs',
        help: 'Labs that wait for a learner, by kind',
        ...kind,
      },
      collect: byKind('ready'),
    },
    {
      ...{ name: 'drydock_pool_wanted_labs', help: 'How many should wait, by kind', ...kind },
      collect: byKind('wanted'),
    },
  ];
}

function gaugesOfLabHost({ agent }: Sources): GaugeOptions[] {
  const gauge = (
    name: string,
    help: string,
    read: (status: Awaited<ReturnType<typeof agent.status>>) => number | Sample[],
    whenAway: Sample[] = [],
  ): GaugeOptions => ({
    ...{ name: `drydock_${name}`, help },
    collect: () =>
      agent.status().then(
        (status) => {
          const value = read(status);
          return typeof value === 'number' ? [[{}, value]] : value;
        },
        () => whenAway,
      ),
  });
  const down: Sample[] = [[{}, 0]];
  return [
    gauge('agent_up', 'Whether the lab host agent answers', () => 1, down),
    gauge('engine_up', 'Whether the lab host’s engine answers', (s) => Number(s.engine.up), down),
    gauge('capacity_free_labs', 'Labs of default size that still fit', (s) => s.capacity.free),
    {
      ...gauge('capacity_limited_by', 'Always 1; what of the lab host ends first', (s) => [
        [{ resource: s.capacity.limitedBy }, 1],
      ]),
      labelNames: ['resource'],
    },
    gauge(
      'capacity_memory_free_bytes',
      'Memory of the lab host that labs can still get',
      (s) => s.capacity.memoryFree,
    ),
    gauge(
      'capacity_disk_free_bytes',
      'Disk of the lab host that labs can still get',
      (s) => s.capacity.diskFree,
    ),
    gauge('lab_host_labs', 'All labs of the lab host, the pool’s too', (s) => s.labs),
  ];
}

function gaugesOfUse({ usage }: Sources): GaugeOptions[] {
  const sum = (name: string, help: string, read: (stats: LabStats) => number): GaugeOptions => ({
    ...{ name: `drydock_labs_${name}`, help },
    collect: async () => {
      const all = [...(await usage.all()).values()];
      return [[{}, all.reduce((total, stats) => total + read(stats), 0)]];
    },
  });
  return [
    sum('memory_bytes', 'Memory that learners’ labs use, in all', ({ memory }) => memory),
    sum('disk_bytes', 'Disk that learners’ labs use, in all', ({ disk }) => disk),
    sum('processes', 'Processes in learners’ labs', ({ pids }) => pids),
  ];
}
