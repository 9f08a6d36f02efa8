/** Keystroke to echo at the browser's socket: alone, with fifty busy terminals, and on a bare PTY in this process. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { ackEveryBytes } from '../../protocol/terminal.ts';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';
import { cheapScenario } from './scenarios.ts';

const strokes = 200;
const strokeEveryMs = 25;
/** 10 KB/s each, and five at full speed, in labs of eight terminals. */
const busyTerminals = 50;
const fullSpeed = 5;
const terminalsPerLab = 7;

export async function echoes(context: BenchContext): Promise<Row[]> {
  const { web, tell } = context;
  const scenario = await cheapScenario(context);
  const own = await readyLab(context, scenario);
  const typist = await quietShell(web.terminal(own, 1));
  tell('alone');
  const alone = await echoTimes(typist);
  const labs: string[] = [];
  const busy: WebSocket[] = [];
  for (let index = 0; index < busyTerminals; index += 1) {
    tell(`busy terminal ${String(index + 1)} of ${String(busyTerminals)}`);
    if (index % terminalsPerLab === 0) labs.push(await readyLab(context, scenario));
    const terminal = web.terminal(labs.at(-1) ?? own, 1 + (index % terminalsPerLab));
    await once(terminal, 'open');
    acknowledge(terminal);
    const slow = 'while :; do head -c 1000 /dev/zero | tr "\\\\0" x; echo; sleep 0.1; done';
    terminal.send(Buffer.from(`${index < fullSpeed ? 'yes 0123456789' : slow}\r`), {
      binary: true,
    });
    busy.push(terminal);
  }
  await sleep(2_000);
  tell('with fifty busy terminals');
  const crowded = await echoTimes(typist);
  for (const terminal of busy) terminal.close();
  for (const id of [own, ...labs]) await web.remove(id);
  return [row('echo-alone', 'ms', alone), row('echo-50-busy', 'ms', crowded, alone)];
}

async function readyLab({ web }: BenchContext, scenario: string): Promise<string> {
  const lab = await web.create(scenario);
  if (lab.state !== 'ready')
    await web.until(
      (event) => event.type === 'lab' && event.lab.id === lab.id && event.lab.state === 'ready',
    );
  return lab.id;
}

/** A `cat` that echoes what is typed, and nothing else. */
async function quietShell(socket: WebSocket): Promise<WebSocket> {
  await once(socket, 'open');
  acknowledge(socket);
  socket.send(Buffer.from('exec cat\r'), { binary: true });
  await sleep(500);
  return socket;
}

async function echoTimes(socket: WebSocket): Promise<number[]> {
  const times: number[] = [];
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    const echoed = new Promise<void>((resolve) => {
      const listen = (_data: Buffer, isBinary: boolean): void => {
        if (!isBinary) return;
        socket.off('message', listen);
        resolve();
      };
      socket.on('message', listen);
    });
    const started = performance.now();
    socket.send(Buffer.from('k'), { binary: true });
    await echoed;
    times.push(performance.now() - started);
    await sleep(strokeEveryMs);
  }
  return times;
}

function acknowledge(socket: WebSocket): void {
  let bytes = 0;
  let told = 0;
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return;
    bytes += data.length;
    if (bytes - told < ackEveryBytes) return;
    told = bytes;
    socket.send(JSON.stringify({ type: 'ack', bytes }));
  });
}
