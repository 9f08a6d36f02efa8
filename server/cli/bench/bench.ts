/**
 * `npm run bench`: DESIGN.md's table, measured as percentiles and as ratios against a raw counterpart in the same run.
 * It measures and never judges: the machine is shared, and a time in a test is a coin toss.
 */
import { cpus, release, totalmem } from 'node:os';
import { CannotRun } from '../cannot-run.ts';
import { probeEngine } from '../host/container/index.ts';
import { useLabHost, type UsedLabHost } from '../host/use-lab-host.ts';
import { say } from '../progress.ts';
import type { BenchContext } from './context.ts';
import { idleLabs } from './idle-labs.ts';
import { openings } from './openings.ts';
import { measureAll } from './measure-all.ts';
import { pageScript } from './page-script.ts';
import { proofTime } from './proof-time.ts';
import type { Row } from './row.ts';
import { echoes } from './echoes.ts';
import { terminalThroughput } from './throughput.ts';
import { verdictTimes } from './verdict-times.ts';
import { withWebServer } from './web-server.ts';

type Measure = (context: BenchContext) => Promise<Row[]>;

const measures: Record<string, Measure> = {
  openings,
  verdicts: verdictTimes,
  echo: echoes,
  throughput: terminalThroughput,
  'idle-labs': idleLabs,
  'page-script': pageScript,
  proof: proofTime,
};

export interface BenchReport {
  machine: { cpu: string; cores: number; memoryGiB: number; kernel: string };
  rows: Row[];
  /** Measurements that broke off; why was said. */
  failed: string[];
}

export async function bench(options: { json?: boolean; only?: string }): Promise<void> {
  const chosen = Object.entries(measures).filter(
    ([name]) => options.only === undefined || name === options.only,
  );
  if (chosen.length === 0)
    throw new CannotRun(
      `There is no measurement ${options.only ?? ''}.`,
      `There are: ${Object.keys(measures).join(' ')}.`,
    );
  // Hundreds of idle labs write next to nothing; their promise of 2 GB each is waived for this run.
  const { rows, failed } = await useLabHost(
    (host) =>
      withWebServer(host, async (web) => {
        const here = await onThisMachine(host);
        if (!here)
          say('idle-labs: left out; the memory and CPU of another machine are not seen from here');
        return measureAll(
          chosen
            .filter(([name]) => here || name !== 'idle-labs')
            .map(([name, measure]) => [name, (tell) => measure({ ...host, web, tell })]),
          host.signal,
        );
      }),
    { overcommit: 20 },
  );
  const report: BenchReport = { machine: machine(), rows, failed };
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 2)}\n` : table(report),
  );
  if (failed.length > 0) process.exitCode = 2;
}

/** An engine elsewhere, or in a VM as Docker Desktop's, has another kernel. */
async function onThisMachine({ host }: UsedLabHost): Promise<boolean> {
  if (host.kind === 'embedded') return true;
  const engine = await probeEngine();
  return engine.answers && process.platform === 'linux' && engine.kernel === release();
}

function machine(): BenchReport['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
  };
}

function table({ machine: { cpu, cores, memoryGiB, kernel }, rows }: BenchReport): string {
  const number = (value: number): string => value.toFixed(value < 10 ? 2 : 0).padStart(9);
  const lines = rows.map(({ id, unit, n, p50, p95, p99, baseline, ratio }) => {
    const raw =
      baseline === undefined ? '' : `  raw ${number(baseline)}  ratio ${(ratio ?? 0).toFixed(2)}`;
    return `${id.padEnd(30)} ${unit.padEnd(6)} n=${String(n).padEnd(5)} p50 ${number(p50)} p95 ${number(p95)} p99 ${number(p99)}${raw}`;
  });
  return `${cpu}, ${String(cores)} cores, ${String(memoryGiB)} GiB, kernel ${kernel}\n${lines.join('\n')}\n`;
}
