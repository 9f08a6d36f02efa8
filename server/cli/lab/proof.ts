/** What a scenario must show: broken as it says, repaired by each fix, not repaired by any cheat, broken again at reset. */
import type { Scenario } from '../../catalog/index.ts';
import { reasonOf } from '../../errors.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { brokenLab, ending, judgeLab, repair, type LabRun, type RunContext } from './lab-run.ts';

export type RunKind = 'broken' | 'fix' | 'cheat' | 'reset';

export interface ProofRun {
  script: string;
  kind: RunKind;
  seed: number;
  expected: string;
  got: string;
  ok: boolean;
  seconds: number;
}

export interface Proof {
  id: string;
  proved: boolean;
  seconds: number;
  runs: ProofRun[];
}

export interface PlannedRun {
  scenario: Scenario;
  seed: number;
  kind: RunKind;
  /** File name of the script; empty for `broken`. */
  script: string;
}

const expectations: Record<RunKind, string> = {
  broken: 'every goal fails, every guard passes',
  fix: 'solved',
  cheat: 'not solved',
  reset: 'every goal fails, every guard passes',
};

export function planProof(scenario: Scenario, seed: number): PlannedRun[] {
  const repairs = scenario.scripts.filter((script) => script.kind !== 'break');
  return [
    { scenario, seed, kind: 'broken', script: '' },
    ...repairs.map(({ name, kind }) => ({
      scenario,
      seed,
      kind: kind === 'cheat' ? ('cheat' as const) : ('fix' as const),
      script: name,
    })),
    { scenario, seed, kind: 'reset', script: 'fix.sh' },
  ];
}

export interface ProofContext extends RunContext {
  /** Scripts take all of a processor, verdicts mostly wait: only so many scripts run at once. */
  working: <T>(script: () => Promise<T>) => Promise<T>;
}

interface ProofLab extends LabRun {
  context: ProofContext;
}

export async function runProof(context: ProofContext, planned: PlannedRun): Promise<ProofRun> {
  const started = performance.now();
  const { got, ok } = await tryRun(
    { context, scenario: planned.scenario, seed: planned.seed },
    planned,
  ).catch((error: unknown) => {
    context.signal.throwIfAborted();
    return { got: `could not be run: ${reasonOf(error)}`, ok: false };
  });
  return {
    script: planned.script === '' ? planned.kind : planned.script,
    kind: planned.kind,
    seed: planned.seed,
    expected: expectations[planned.kind],
    got,
    ok,
    seconds: (performance.now() - started) / 1000,
  };
}

async function tryRun(run: ProofLab, planned: PlannedRun): Promise<{ got: string; ok: boolean }> {
  const { working } = run.context;
  await using lab = await working(() => brokenLab(run));
  if (planned.kind === 'broken') return await judgeBroken(run, lab.id);
  const text = planned.scenario.scripts.find(({ name }) => name === planned.script)?.text ?? '';
  const result = await working(() => repair(run, lab, text));
  if (planned.kind === 'reset') {
    // As the server resets: the lab is made anew, whatever state it is in.
    await lab[Symbol.asyncDispose]();
    await using fresh = await working(() => brokenLab(run));
    return await judgeBroken(run, fresh.id);
  }
  const verdict = await judgeLab(run, lab);
  // A cheat that broke off half way was not refused, it was not tried.
  const script = result.exitCode === 0 ? '' : ` (the script ${ending(result)})`;
  return {
    got: `${describe(verdict)}${script}`,
    ok: result.exitCode === 0 && verdict.solved === (planned.kind === 'fix'),
  };
}

async function judgeBroken(
  { context, scenario, seed }: LabRun,
  labId: string,
): Promise<{ got: string; ok: boolean }> {
  const { checks } = await context.judge.check({
    labId,
    scenario: scenario.id,
    seed,
    signal: context.signal,
  });
  const wrong = checks.filter((check) =>
    check.kind === 'goal' ? check.status === 'pass' : check.status !== 'pass',
  );
  const got = wrong
    .map((check) => `${check.kind} ${check.id} ${check.status}: ${check.seen}`)
    .join('; ');
  return {
    got: got === '' ? expectations.broken : got,
    ok: wrong.length === 0 && checks.length > 0,
  };
}

function describe(verdict: Verdict): string {
  if (verdict.solved) return 'solved';
  const open = verdict.checks.filter((check) => check.status !== 'pass');
  const why = open
    .map((check) => `${check.kind} ${check.id} ${check.status}: ${check.seen}`)
    .join('; ');
  return `not solved${verdict.held === false ? ' after the hold' : ''}: ${why}`;
}
