/** What becomes of a neighbour while a lab takes all it can of something. */
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../../errors.ts';
import type { Outcome } from '../attempt.ts';
import { lastLine } from '../stage/outcome.ts';
import type { Stage } from '../stage/stage.ts';
import { readyFile } from './ready.ts';

export interface Attack {
  /** Bash, as root. Says `ready` when it has what it wants, and holds it until it is killed. */
  script: string;
  /** How long it may take to get there. */
  readyWithinMs?: number;
}

/** Runs `look` once the attack has taken hold; ends the attack afterwards. */
export async function underAttack(
  stage: Stage,
  { script, readyWithinMs = 20_000 }: Attack,
  look: (words: string) => Promise<Outcome>,
): Promise<Outcome> {
  const { attacker } = stage;
  await attacker.must(`rm -f ${readyFile}`);
  const attack = attacker
    .run(`exec -a starving-bash bash -c '${script.replaceAll("'", `'\\''`)}'`, {
      timeoutMs: 90_000,
    })
    .catch((error: unknown) => ({ exitCode: 1, output: reasonOf(error) }));
  try {
    const words = await takenHold(stage, readyWithinMs, attack);
    const outcome = await look(words);
    return { ...outcome, seen: `${words}: ${outcome.seen}`.slice(0, 300) };
  } finally {
    await attacker
      .run('pkill -9 -f starving-; pkill -9 -f starve', { timeoutMs: 10_000 })
      .catch(() => undefined);
  }
}

/** Exit code of what a kill ended; nobody but the kernel kills here. */
const killed = 137;

/** What it got hold of, in its own words; that its memory ended first is an answer too. */
async function takenHold(
  stage: Stage,
  withinMs: number,
  attack: Promise<{ exitCode: number; output: string }>,
): Promise<string> {
  const { attacker, client } = stage;
  const state: { over?: { exitCode: number; output: string } } = {};
  void attack.then((result) => (state.over = result));
  for (const end = Date.now() + withinMs; Date.now() < end && state.over === undefined;) {
    const answer = await attacker.ask({ kind: 'file', path: readyFile }).catch(() => undefined);
    if (answer?.ok) return lastLine(Buffer.from(answer.body, 'base64').toString('utf8'));
    if (answer?.detail.includes('Too many open files')) return 'the verifier cannot look any more';
    await sleep(150);
  }
  const { oomKills } = await client.stats(attacker.id).catch(() => ({ oomKills: 0 }));
  const status = (await client.list()).find((lab) => lab.id === attacker.id);
  if (status?.state === 'stopped') return `the lab ended first (${status.reason})`;
  if (oomKills > 0 || state.over?.exitCode === killed) return "the lab's memory ended first";
  throw new Error(`The attack did not take hold: ${lastLine(state.over?.output ?? '')}`);
}

/** Whatever a learner does in the first minute: reached if it cannot be done in any of a few tries. */
export async function neighbourWorks(
  stage: Stage,
  test = 'docker run --rm -t busybox echo works',
): Promise<Outcome> {
  const { signal } = stage;
  let failure = '';
  for (let tries = 0; tries < 3; tries += 1) {
    if (tries > 0) await sleep(1_500, undefined, { signal });
    failure = await whatFails(stage, test);
    if (failure === '')
      return {
        reached: false,
        seen: `the neighbour works${tries === 0 ? '' : ` after ${String(tries)} tries`}`,
      };
  }
  return { reached: true, seen: failure };
}

async function whatFails(stage: Stage, test: string): Promise<string> {
  const { exitCode, output } = await stage.neighbour.run(test, { timeoutMs: 20_000 });
  if (exitCode !== 0) return `the neighbour cannot: ${lastLine(output)}`;
  const terminal = await opensTerminal(stage);
  if (terminal !== '') return `the neighbour's terminal does not open: ${terminal}`;
  await stage.client.status(stage.signal);
  return '';
}

/** Empty, or why not. */
async function opensTerminal(stage: Stage): Promise<string> {
  const stop = new AbortController();
  const socket = await stage.client.terminal(stage.neighbour.id, 7, {
    cols: 80,
    rows: 24,
    signal: AbortSignal.any([stop.signal, stage.signal]),
  });
  let printed = '';
  socket.on('message', (data) => (printed += Buffer.isBuffer(data) ? data.toString('utf8') : ''));
  try {
    for (let waited = 0; waited < 5_000 && !printed.includes('opened-42'); waited += 100) {
      if (waited === 0) socket.send(Buffer.from('echo opened-$((6 * 7))\r'));
      if (printed.includes('"exit"')) break;
      await sleep(100);
    }
    return printed.includes('opened-42')
      ? ''
      : lastLine(printed.replace(/\{"type":"\w+"[^}]*\}/g, ''));
  } finally {
    socket.send(JSON.stringify({ type: 'close' }));
    await sleep(100);
    stop.abort();
  }
}
