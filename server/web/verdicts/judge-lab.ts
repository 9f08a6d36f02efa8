/** One judgement of one lab, and what follows from it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hold } from '../../../labs/define-lab.ts';
import { DrydockError } from '../../errors.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { decide, holdVerdict } from '../../verify/index.ts';
import type { Judgement } from '../../verify/index.ts';
import { scenarioOf } from '../sessions/scenario-of.ts';
import type { RunningLab } from '../sessions/index.ts';
import { logTrouble } from '../log-trouble.ts';
import type { HoldGuard } from './hold-guard.ts';
import type { VerdictContext } from './index.ts';
import { previewPorts } from './ports.ts';
import { publishVerdict } from './publish-verdict.ts';

/** A paused lab is left to sleep; what goes wrong is logged, the next poke tries again. */
export async function judgeLive(
  context: VerdictContext,
  id: string,
  guard: HoldGuard,
): Promise<void> {
  const lab = context.sessions.book.get(id);
  if (lab?.phase !== 'ready' || lab.agentId === null) return;
  try {
    await judge(context, { ...lab, agentId: lab.agentId }, { guard, trigger: 'live' });
  } catch (error) {
    if (!context.signal.aborted) logTrouble(context.log, 'no live verdict', error, { lab: id });
  }
}

export async function checkByButton(
  context: VerdictContext,
  id: string,
  guard: HoldGuard,
): Promise<Verdict> {
  const lab = await context.sessions.awake(id);
  context.log.info({ lab: id, machine: lab.agentId }, 'check by button');
  context.sessions.book.update(id, { tries: lab.tries + 1 });
  return checking(context, id, () => judge(context, lab, { guard, trigger: 'button' }));
}

/** What the checks came to, before any hold. */
function outcomeOf({ checks }: Judgement): 'green' | 'red' | 'unknown' {
  if (checks.some(({ status }) => status === 'fail')) return 'red';
  return checks.every(({ status }) => status === 'pass') ? 'green' : 'unknown';
}

interface JudgeOptions {
  guard: HoldGuard;
  trigger: 'live' | 'button';
}

async function judge(
  context: VerdictContext,
  lab: RunningLab,
  { guard, trigger }: JudgeOptions,
): Promise<Verdict> {
  const { hold } = scenarioOf(context.catalog, lab).definition;
  const look = trigger === 'live' ? checkUnlessGoingDown : check;
  const [result] = await Promise.all([look(context, lab), lookForPorts(context, lab)]);

  const now = current(context, lab);
  const decision = decide(result.checks, hold);
  context.metrics.verdicts.observe({ trigger, outcome: outcomeOf(result) }, result.seconds);
  const plain = {
    scenario: lab.scenario,
    seed: lab.seed,
    ...result,
    solved: decision === 'solved',
    held: null,
  };
  if (decision !== 'hold') return publishVerdict(context, now, plain);
  if (heldSinceGreen(now, hold))
    return publishVerdict(context, now, { ...plain, solved: true, held: true });
  if (trigger === 'live' && !guard.armed)
    return publishVerdict(context, now, { ...plain, held: false });

  publishVerdict(context, now, plain);
  const verdict = await checking(context, lab.id, () => putToTheTest(context, now, result));
  guard.armed = verdict.solved;
  context.metrics.holds.inc({ held: String(verdict.held) });
  return publishVerdict(context, current(context, lab), verdict);
}

/** A machine that is switched off stops its engine first; it is gone after about so long. */
const goingDownMs = 5_000;

/** Where the engine answers no more, it may be the machine that goes: only what is seen after a while counts. */
async function checkUnlessGoingDown(context: VerdictContext, lab: RunningLab): Promise<Judgement> {
  const result = await check(context, lab);
  const before = current(context, lab).verdict?.checks ?? [];
  const lost = result.checks.some(
    ({ id, status }) =>
      status === 'unknown' && before.some((known) => known.id === id && known.status !== 'unknown'),
  );
  if (!lost) return result;
  await sleep(goingDownMs, undefined, { signal: context.signal });
  return check(context, current(context, lab));
}

function check(
  { judge, signal }: VerdictContext,
  { agentId, scenario, seed }: RunningLab,
): Promise<Judgement> {
  return judge.check({ labId: agentId, scenario, seed, signal });
}

/** It was put to the test, and nothing has been red since. */
function heldSinceGreen({ verdict }: RunningLab, hold: Hold): boolean {
  return verdict?.held === true && decide(verdict.checks, hold) === 'hold';
}

/** Throws if the lab was reset or ended meanwhile: the judgement is about another one. */
function current({ sessions }: VerdictContext, lab: RunningLab): RunningLab {
  const now = sessions.book.get(lab.id);
  if (now?.agentId !== lab.agentId)
    throw new DrydockError('lab_not_ready', { detail: 'The lab was reset or ended meanwhile.' });
  return { ...now, agentId: lab.agentId };
}

/** `green` is what was just seen: it need not be asked again before the restart. */
function putToTheTest(
  context: VerdictContext,
  lab: RunningLab,
  green: Judgement,
): Promise<Verdict> {
  const { agent, catalog, hub, signal } = context;
  const { scenario, seed, agentId } = lab;
  const { hold } = scenarioOf(catalog, lab).definition;
  const [container, name] =
    typeof hold === 'object' ? [hold.container, hold.container] : [undefined, 'the Docker engine'];
  let asked = false;
  return holdVerdict({
    ...{ scenario, seed, hold, signal },
    check: async () => {
      if (asked) return check(context, lab);
      asked = true;
      return green;
    },
    onRestart: () => {
      context.log.info({ lab: lab.id, machine: agentId }, 'restart to see whether it holds');
      const text = `Restarting ${name} to see whether it holds.`;
      hub.publish(lab.owner, { type: 'message', id: lab.id, level: 'info', text });
    },
    restart: () =>
      container === undefined
        ? agent.restartEngine(agentId, signal)
        : agent.restartContainer(agentId, container, signal),
  });
}

/** The page shows `checking` meanwhile, and the lab is not paused. */
async function checking<T>(
  { sessions }: VerdictContext,
  id: string,
  task: () => Promise<T>,
): Promise<T> {
  const notes = sessions.notes.of(id);
  const nested = notes.checking;
  notes.checking = true;
  if (!nested) sessions.book.touch(id);
  try {
    return await task();
  } finally {
    notes.checking = nested;
    if (!nested) sessions.book.touch(id);
  }
}

async function lookForPorts(
  { agent, log, sessions, signal }: VerdictContext,
  lab: RunningLab,
): Promise<void> {
  try {
    const ports = await previewPorts(agent, lab.agentId, signal);
    const notes = sessions.notes.of(lab.id);
    if (ports === undefined || ports.join() === notes.ports.join()) return;
    notes.ports = ports;
    sessions.book.touch(lab.id);
  } catch (error) {
    log.debug({ err: error, lab: lab.id }, 'ports not known');
  }
}
