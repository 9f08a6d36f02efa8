/** `lab try`: any script as the repair of a fresh, broken lab. Exit 0 solved, 1 not solved, 2 could not run. */
import { readFileSync } from 'node:fs';
import { loadCatalog, type Scenario } from '../../catalog/index.ts';
import { loadConfig } from '../../config.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { createJudge } from '../../verify/index.ts';
import { CannotRun } from '../cannot-run.ts';
import { useLabHost } from '../host/use-lab-host.ts';
import { say, step } from '../progress.ts';
import { brokenLab, ending, judgeLab, repair } from './lab-run.ts';

export interface TryOptions {
  script: string;
  seed?: number;
  json?: boolean;
}

export async function tryScript(id: string, options: TryOptions): Promise<void> {
  const config = loadConfig();
  const scenario = await findScenario(config.labsDir, id);
  const seed = seedOf(scenario, options.seed);
  const script = readScript(options.script);
  const verdict = await useLabHost(async ({ client, lease, signal }) => {
    await using judge = createJudge({
      agentSocket: config.agentSocket,
      labsDir: config.labsDir,
      workers: 1,
    });
    const run = { context: { client, judge, lease, signal }, scenario, seed };
    await using lab = await step('fresh lab, broken', () => brokenLab(run));
    const result = await step('repair', () => repair(run, lab, script));
    if (result.exitCode !== 0) say(`  the script ${ending(result)}`);
    // Awaited here: the lab is disposed of when this function ends.
    return await step('verdict', () => judgeLab(run, lab));
  });
  process.stdout.write(
    options.json === true ? `${JSON.stringify(verdict, null, 2)}\n` : describe(verdict),
  );
  process.exitCode = verdict.solved ? 0 : 1;
}

export async function findScenario(labsDir: string, id: string): Promise<Scenario> {
  const catalog = await loadCatalog(labsDir);
  const scenario = catalog.get(id);
  if (scenario) return scenario;
  const fault = catalog.faults.find((candidate) => candidate.id === id);
  if (fault)
    throw new CannotRun(
      `The scenario ${id} cannot be loaded: ${String(fault.cause)}`,
      'Run `npm run lab -- lint`.',
    );
  throw new CannotRun(`There is no scenario ${id}.`, 'See `npm run lab -- list`.');
}

export function seedOf(scenario: Scenario, seed = 0): number {
  if (Number.isInteger(seed) && seed >= 0 && seed < scenario.definition.seeds) return seed;
  throw new CannotRun(
    `${scenario.id} has no variant ${String(seed)}.`,
    `It has 0 to ${String(scenario.definition.seeds - 1)}.`,
  );
}

function readScript(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new CannotRun(
      `The script ${file} cannot be read.`,
      'Give a file that is there, or - for stdin.',
      cause,
    );
  }
}

const marks = { pass: '✓', fail: '✗', unknown: '?' };

export function describe(verdict: Verdict): string {
  const lines = verdict.checks.flatMap((check) => [
    `${marks[check.status]} ${check.kind.padEnd(5)} ${check.title}`,
    ...(check.status === 'pass'
      ? []
      : [`          seen:   ${check.seen}`, `          wanted: ${check.wanted}`]),
  ]);
  const held =
    verdict.held === null ? '' : verdict.held ? ', and it held' : ', but it did not hold';
  return `${lines.join('\n')}\n${verdict.scenario}: ${verdict.solved ? 'solved' : 'not solved'}${held} (${verdict.seconds.toFixed(1)} s)\n`;
}
