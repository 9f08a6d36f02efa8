/** One run of a scenario in a fresh lab: break it, perhaps repair it, judge it, remove it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../agent-client/index.ts';
import { breakScript, repairScript, type Scenario } from '../../catalog/index.ts';
import { DrydockError } from '../../errors.ts';
import type { ScriptResult } from '../../protocol/agent.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { decide, holdVerdict, type Judge } from '../../verify/index.ts';

const breakTimeoutMs = 240_000;
const repairTimeoutMs = 300_000;
/** A script ends before what it started has come up; a person would look again. */
const settleMs = 6_000;
const lookAgainMs = 400;

export interface RunContext {
  client: AgentClient;
  judge: Judge;
  lease: string;
  signal: AbortSignal;
}

export interface LabRun {
  context: RunContext;
  scenario: Scenario;
  seed: number;
}

export interface BrokenLab extends AsyncDisposable {
  id: string;
}

/** A fresh lab, broken. Whoever gets it disposes of it. */
export async function brokenLab({ context, scenario, seed }: LabRun): Promise<BrokenLab> {
  const { client, lease, signal } = context;
  const id = newLabId();
  const lab = {
    id,
    [Symbol.asyncDispose]: () => client.destroyLab(id),
  };
  try {
    await client.createLab({ id, lease, limits: scenario.definition.limits }, signal);
    const broken = await client.run(
      id,
      { script: await breakScript(scenario, seed), timeoutMs: breakTimeoutMs },
      signal,
    );
    if (broken.exitCode !== 0) {
      throw new DrydockError('break_failed', {
        detail: `break.sh of ${scenario.id} ${ending(broken)}`,
      });
    }
    return lab;
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

/** Runs a repair; what it exits with says nothing about whether it worked. */
export async function repair(run: LabRun, lab: BrokenLab, script: string): Promise<ScriptResult> {
  const { client, signal } = run.context;
  return client.run(lab.id, { script: repairScript(script), timeoutMs: repairTimeoutMs }, signal);
}

/** The verdict, hold included. */
export async function judgeLab(
  { context, scenario, seed }: LabRun,
  lab: BrokenLab,
): Promise<Verdict> {
  const { client, judge, signal } = context;
  const { hold } = scenario.definition;
  const check = () => judge.check({ labId: lab.id, scenario: scenario.id, seed, signal });
  const settled = Date.now() + settleMs;
  while (decide((await check()).checks, hold) === 'unsolved' && Date.now() < settled) {
    await sleep(lookAgainMs, undefined, { signal });
  }
  return holdVerdict({
    scenario: scenario.id,
    seed,
    hold,
    check,
    signal,
    restart: () =>
      typeof hold === 'object'
        ? client.restartContainer(lab.id, hold.container, signal)
        : client.restartEngine(lab.id, signal),
  });
}

export function ending(result: ScriptResult): string {
  const how = result.timedOut
    ? 'ran out of time'
    : `ended with exit code ${String(result.exitCode)}`;
  return `${how}; the end of its output:\n${result.output.trim().slice(-1500)}`;
}

function newLabId(): string {
  return `l${randomBytes(8).toString('hex').slice(0, 11)}`;
}
