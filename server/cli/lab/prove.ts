/** `lab prove`: for every scenario, that fixes are accepted and cheats refused, on fresh labs. */
import { availableParallelism } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog, type Scenario } from '../../catalog/index.ts';
import { loadConfig, type Config } from '../../config.ts';
import { limiter } from '../../limiter.ts';
import { createJudge } from '../../verify/index.ts';
import { CannotRun } from '../cannot-run.ts';
import { withLock } from '../host/lock.ts';
import { useLabHost } from '../host/use-lab-host.ts';
import { say } from '../progress.ts';
import { changedScenarios } from './changed.ts';
import { inParallel } from './in-parallel.ts';
import { planProof, runProof, type Proof, type ProofRun } from './proof.ts';
import { seedOf } from './try.ts';

/** Most of them only wait for a verdict: a cheat is looked at for six seconds before it counts as refused. */
const labsPerCore = 3;

export interface ProveOptions {
  seed?: number;
  changed?: boolean;
  parallel?: number;
  json?: boolean;
}

export async function prove(pattern: string | undefined, options: ProveOptions): Promise<void> {
  const report = await proveAll(pattern, options);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else process.stdout.write(table(report));
  process.exitCode = report.failed === 0 ? 0 : 1;
}

export interface ProofReport {
  proved: number;
  failed: number;
  seconds: number;
  scenarios: Proof[];
}

export async function proveAll(
  pattern: string | undefined,
  options: ProveOptions,
): Promise<ProofReport> {
  const config = loadConfig();
  const scenarios = await select(config.labsDir, pattern, options);
  return withLock(join(config.stateDir, 'prove.lock'), () =>
    proveThese(config, scenarios, pattern, options),
  );
}

/** One proof at a time on a machine: two would take the time from each other that their repairs need. */
async function proveThese(
  config: Config,
  scenarios: Scenario[],
  pattern: string | undefined,
  options: ProveOptions,
): Promise<ProofReport> {
  const started = performance.now();
  const proofs = await useLabHost(async ({ client, lease, signal }) => {
    const cores = availableParallelism();
    const labs = options.parallel ?? labsPerCore * cores;
    await using judge = createJudge({
      agentSocket: config.agentSocket,
      labsDir: config.labsDir,
      workers: 2,
    });
    const context = { client, judge, lease, signal, working: limiter(cores) };
    const runs = scenarios.flatMap((scenario) =>
      planProof(scenario, seedOf(scenario, options.seed)),
    );
    const done = await inParallel(runs, labs, async (run) => {
      const result = await runProof(context, run);
      say(
        `  ${result.ok ? '✓' : '✗'} ${run.scenario.id} ${result.script} (${result.seconds.toFixed(1)} s)${result.ok ? '' : ` · expected ${result.expected}, got ${result.got}`}`,
      );
      return { id: run.scenario.id, result };
    });
    return scenarios.map((scenario) =>
      toProof(
        scenario.id,
        done.filter(({ id }) => id === scenario.id).map(({ result }) => result),
      ),
    );
  });
  const proved = proofs.filter((proof) => proof.proved).length;
  const report = {
    proved,
    failed: proofs.length - proved,
    seconds: (performance.now() - started) / 1000,
    scenarios: proofs,
  };
  if (pattern === undefined) keepForSite(config.stateDir, report);
  return report;
}

async function select(
  labsDir: string,
  pattern: string | undefined,
  options: ProveOptions,
): Promise<Scenario[]> {
  const catalog = await loadCatalog(labsDir);
  const fault = catalog.faults[0];
  if (fault)
    throw new CannotRun(
      `The scenario ${fault.id} cannot be loaded: ${String(fault.cause)}`,
      'Run `npm run lab -- lint`.',
    );
  const changed = options.changed === true ? await changedScenarios(labsDir) : undefined;
  const chosen = catalog.scenarios.filter(
    ({ id }) =>
      (pattern === undefined || id.includes(pattern)) && (changed === undefined || changed.has(id)),
  );
  if (chosen.length === 0 && changed === undefined)
    throw new CannotRun(
      `No scenario matches ${pattern ?? 'anything'}.`,
      'See `npm run lab -- list`.',
    );
  return [...chosen];
}

function toProof(id: string, runs: ProofRun[]): Proof {
  return {
    id,
    proved: runs.every((run) => run.ok),
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0),
    runs,
  };
}

/** The site shows the last proof of the whole library. */
function keepForSite(stateDir: string, report: ProofReport): void {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(join(stateDir, 'proof.json'), JSON.stringify(report));
}

function table(report: ProofReport): string {
  const rows = report.scenarios.map((proof) => {
    const count = (kind: ProofRun['kind']): string => {
      const runs = proof.runs.filter((run) => run.kind === kind);
      return `${String(runs.filter((run) => run.ok).length)}/${String(runs.length)}`;
    };
    return `${proof.proved ? '✓' : '✗'} ${proof.id.padEnd(36)} broken ${count('broken')}  fixes ${count('fix')}  cheats ${count('cheat')}  reset ${count('reset')}  ${proof.seconds.toFixed(0).padStart(4)} s`;
  });
  return `${rows.join('\n')}\n${String(report.proved)} proved, ${String(report.failed)} failed in ${report.seconds.toFixed(0)} s\n`;
}
