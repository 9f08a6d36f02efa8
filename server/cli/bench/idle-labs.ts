/** What idle labs cost: memory each, CPU of all, how quickly a paused one wakes. BENCH_LABS says how many; 60. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';

const settleMs = 8_000;
const cpuWindowMs = 10_000;
const atOnce = 2;

export async function idleLabs({
  client,
  config,
  lease,
  signal,
  tell,
}: BenchContext): Promise<Row[]> {
  const count = config.benchLabs;
  const before = availableBytes();
  const ids = Array.from(
    { length: count },
    (_, index) => `lbenchidl${String(index).padStart(3, '0')}`,
  );
  const created: number[] = [];
  for (let index = 0; index < count; index += atOnce) {
    tell(`lab ${String(index + 1)} of ${String(count)}`);
    await Promise.all(
      ids.slice(index, index + atOnce).map(async (id) => {
        const started = performance.now();
        await client.createLab({ id, lease }, signal);
        created.push(performance.now() - started);
      }),
    );
  }
  tell('settling');
  await sleep(settleMs);
  const each = (before - availableBytes()) / count / 1024 ** 2;
  const awake = await busyShare();
  for (const id of ids) await client.pause(id, signal);
  const paused = await busyShare();
  const wake: number[] = [];
  for (const id of ids.slice(0, 30)) {
    const started = performance.now();
    await client.resume(id, signal);
    await client.ask(id, { kind: 'docker', path: '/_ping' }, signal);
    wake.push(performance.now() - started);
  }
  tell('removing');
  const removed: number[] = [];
  for (const id of ids) {
    const started = performance.now();
    await client.destroyLab(id);
    removed.push(performance.now() - started);
  }
  return [
    row('lab-to-engine-answer', 'ms', created),
    row('idle-lab-memory', 'MiB', [each]),
    row(`idle-cpu-${String(count)}-labs`, '%', [awake]),
    row(`paused-cpu-${String(count)}-labs`, '%', [paused]),
    row('wake-to-engine-answer', 'ms', wake),
    row('lab-removal', 'ms', removed),
  ];
}

function availableBytes(): number {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}

/** Of all cores, in per cent. */
async function busyShare(): Promise<number> {
  const start = cpuTimes();
  await sleep(cpuWindowMs);
  const end = cpuTimes();
  return (100 * (end.busy - start.busy)) / (end.all - start.all);
}

function cpuTimes(): { busy: number; all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const times = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = times.reduce((sum, value) => sum + value, 0);
  return { all, busy: all - (times[3] ?? 0) - (times[4] ?? 0) };
}
