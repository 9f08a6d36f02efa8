/** Makes the attempts and their controls, as many beside each other as disturb nobody. */
import { reasonOf } from '../../errors.ts';
import { inUserNamespace } from '../../lab-host/engine/where.ts';
import { inParallel } from '../lab/in-parallel.ts';
import type { Attempt, Outcome, Setting } from './attempt.ts';
import type { Finding } from './report.ts';
import type { OpenStage, Stages } from './stage/open-stage.ts';
import type { PageStage } from './stage/stage.ts';

/** Attempts at once in shared labs: each is a process or two. */
const sharedLanes = 5;

export async function runAttempts<S extends PageStage>(
  stages: Stages<S>,
  attempts: readonly Attempt<S>[],
  tell: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const make = async (open: OpenStage<S>, attempt: Attempt<S>): Promise<void> => {
    const finding = await findOut(open.stage(), attempt);
    findings.push(finding);
    tell(finding);
    if (attempt.spoils) await open.renewAttacker();
  };
  const of = (setting: Setting): Attempt<S>[] =>
    attempts.filter((attempt) => attempt.setting === setting);
  const lane = async (chosen: Attempt<S>[], limit: number): Promise<void> => {
    if (chosen.length === 0) return;
    const open = await stages.open();
    await inParallel(chosen, limit, (attempt) => make(open, attempt));
  };
  const own = of('own');
  const half = Math.ceil(own.length / 2);
  await Promise.all([
    lane(of('shared'), sharedLanes),
    lane(own.slice(0, half), 1),
    lane(own.slice(half), 1),
  ]);
  await lane(of('alone'), 1);
  return attempts.flatMap((attempt) => findings.filter((finding) => finding.id === attempt.id));
}

async function findOut<S extends PageStage>(stage: S, attempt: Attempt<S>): Promise<Finding> {
  const started = performance.now();
  const { id, title, why } = attempt;
  const run = await made(stage, attempt, attempt.run);
  const control = await controlOf(stage, attempt);
  const held = run.outcome?.reached === false && control.good;
  return {
    id,
    class: attempt.class,
    title,
    held,
    moot: held && control.moot,
    why: held ? why : explain(run, control),
    seen: run.outcome?.seen ?? run.failure,
    control: control.words,
    seconds: (performance.now() - started) / 1000,
  };
}

interface Made {
  outcome?: Outcome;
  failure: string;
}

interface ControlResult {
  good: boolean;
  /** It does not succeed here for a reason of its own. */
  moot: boolean;
  words: string;
}

async function controlOf<S extends PageStage>(
  stage: S,
  attempt: Attempt<S>,
): Promise<ControlResult> {
  const { control, absent } = attempt;
  if (typeof control === 'string') return { good: true, moot: false, words: control };
  const { outcome, failure } = await made(stage, attempt, control);
  const seen = outcome?.seen ?? failure;
  if (outcome?.reached === true) return { good: true, moot: false, words: `succeeds: ${seen}` };
  if (absent?.test(seen) === true)
    return { good: true, moot: false, words: `absent: this kernel lacks it (${seen})` };
  // The lab host's own root is another container's user here, to whom the kernel refuses it as well.
  if (outcome && inUserNamespace())
    return { good: true, moot: true, words: `cannot succeed in this container either: ${seen}` };
  return { good: false, moot: false, words: `does not succeed: ${seen}` };
}

async function made<S extends PageStage>(
  stage: S,
  attempt: Pick<Attempt<S>, 'timeoutMs'>,
  act: (stage: S) => Promise<Outcome>,
): Promise<Made> {
  const signal = AbortSignal.any([stage.signal, AbortSignal.timeout(attempt.timeoutMs)]);
  try {
    return { outcome: await until(signal, act({ ...stage, signal })), failure: '' };
  } catch (error) {
    stage.signal.throwIfAborted();
    return { failure: `could not be made: ${reasonOf(error)}`.slice(0, 500) };
  }
}

function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('ended'));
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

function explain(run: Made, control: { good: boolean; words: string }): string {
  if (run.outcome?.reached === true) return `ESCAPED: ${run.outcome.seen}`;
  if (!run.outcome) return run.failure;
  return control.good ? run.outcome.seen : `the control ${control.words}: the attempt is broken`;
}
