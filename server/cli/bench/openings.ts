/** From the click to a prompt: already broken in the pool, from a blank ready lab, with an empty pool; and reset. */
import type { WebSocket } from 'ws';
import type { PageEvent } from '../../protocol/api.ts';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';
import { cheapScenario } from './scenarios.ts';

const rounds = 12;

export async function openings(context: BenchContext): Promise<Row[]> {
  const { web, tell } = context;
  const scenario = await cheapScenario(context);
  const pooled: number[] = [];
  const blank: number[] = [];
  const resets: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tell(`opening ${String(round + 1)} of ${String(rounds)}`);
    await web.warm(scenario);
    await web.poolReady(2);
    const first = await timed(() => open(context, scenario));
    pooled.push(first.ms);
    // The broken one is gone now; what the pool has is a blank one.
    await web.poolReady(1);
    const resetDone = web.until((event) => isReady(event, first.value));
    resets.push(
      (
        await timed(async () => {
          await web.reset(first.value);
          await resetDone;
        })
      ).ms,
    );
    await web.remove(first.value);
    const second = await timed(() => open(context, scenario));
    blank.push(second.ms);
    await web.remove(second.value);
  }
  const empty = await emptyPool(context);
  return [
    row('click-to-prompt-pooled', 'ms', pooled),
    row('click-to-prompt-blank-with-break', 'ms', blank),
    row('lab-from-nothing-to-prompt', 'ms', empty),
    row('reset-to-broken', 'ms', resets),
  ];
}

/** Without a break.sh: the agent makes a lab and its prompt comes. */
async function emptyPool({ client, lease, signal, tell }: BenchContext): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tell(`from nothing ${String(round + 1)} of ${String(rounds)}`);
    const id = `lbenchempt${String(round).padStart(2, '0')}`;
    const { ms } = await timed(async () => {
      await client.createLab({ id, lease }, signal);
      const socket = await client.terminal(id, 1, { cols: 80, rows: 24, role: 'control', signal });
      await prompt(socket);
      socket.close();
    });
    times.push(ms);
    await client.destroyLab(id);
  }
  return times;
}

/** As a page does: asks for the lab, waits until it is ready, opens the terminal, sees the prompt. */
async function open({ web }: BenchContext, scenario: string): Promise<string> {
  const events: PageEvent[] = [];
  const lab = await web.create(scenario);
  if (lab.state !== 'ready')
    await web.until((event) => {
      events.push(event);
      return isReady(event, lab.id);
    });
  const socket = web.terminal(lab.id, 1);
  // Listened to from the start: what comes along with the handshake is emitted before a promise of `open` goes on.
  await prompt(socket);
  socket.close();
  return lab.id;
}

function isReady(event: PageEvent, id: string): boolean {
  return event.type === 'lab' && event.lab.id === id && event.lab.state === 'ready';
}

async function prompt(socket: WebSocket): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) seen += data.toString('utf8');
      if (seen.includes('root@lab')) resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error(`The terminal closed before its prompt came: ${seen}`));
    });
  });
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}
