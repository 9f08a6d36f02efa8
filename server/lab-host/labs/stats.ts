import type { LabStats } from '../../protocol/agent.ts';
import type { LabHostPaths } from '../paths.ts';
import { cgroupVersion, keyed, readCgroup } from './cgroup-files.ts';
import { diskUse } from './disk.ts';
import type { Lab } from './labs.ts';

/** Read from the kernel, not asked of an engine: cheap enough for four hundred labs every few seconds. */
export async function labStats(paths: LabHostPaths, lab: Lab): Promise<LabStats> {
  const read = (v1: string, v2: string): string | undefined =>
    readCgroup(`${paths.cgroupParent}/${lab.containerId}`, { v1, v2 });
  const disk = await diskUse(paths, lab.id);
  const v2 = cgroupVersion() === 'v2';
  const memory = Number(read('memory/memory.usage_in_bytes', 'memory.current') ?? 0);
  return {
    // Of a disk in memory, what is written is told as disk.
    memory: lab.disk.kind === 'memory' ? Math.max(0, memory - disk.used) : memory,
    memoryMax: lab.limits.memory * 1024 ** 2,
    cpu: v2
      ? keyed(read('', 'cpu.stat'), 'usage_usec') * 1000
      : Number(read('cpuacct/cpuacct.usage', '') ?? 0),
    pids: Number(read('pids/pids.current', 'pids.current') ?? 0),
    disk: disk.used,
    diskMax: disk.size,
    oomKills: keyed(read('memory/memory.oom_control', 'memory.events'), 'oom_kill'),
  };
}
