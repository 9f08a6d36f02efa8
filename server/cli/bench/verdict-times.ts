/** From a repair to its green tick, and the full verdict on the button. */
import { once } from 'node:events';
import type { PageEvent } from '../../protocol/api.ts';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';
import { cheapScenario } from './scenarios.ts';

const verdictRounds = 40;
const tickRounds = 15;
const goal = 'found-by-name';

export async function verdictTimes(context: BenchContext): Promise<Row[]> {
  const { web, tell } = context;
  const scenario = await cheapScenario(context);
  const lab = await web.create(scenario);
  if (lab.state !== 'ready')
    await web.until(
      (event) => event.type === 'lab' && event.lab.id === lab.id && event.lab.state === 'ready',
    );
  web.watch([lab.id]);
  const button: number[] = [];
  for (let round = 0; round < verdictRounds; round += 1) {
    tell(`verdict ${String(round + 1)} of ${String(verdictRounds)}`);
    const started = performance.now();
    await web.check(lab.id);
    button.push(performance.now() - started);
  }
  const ticks = await tickTimes(context, lab.id);
  await web.remove(lab.id);
  return [row('full-verdict', 'ms', button), row('repair-to-tick', 'ms', ticks)];
}

/** The repair and its undoing are typed; the time runs from the moment the shell says that the command has ended. */
async function tickTimes({ web, tell }: BenchContext, id: string): Promise<number[]> {
  const socket = web.terminal(id, 1);
  await once(socket, 'open');
  let seen = '';
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) seen += data.toString('utf8');
  });
  let serial = 0;
  const typed = async (command: string): Promise<void> => {
    serial += 1;
    const end = `ended-${String(serial)}`;
    socket.send(Buffer.from(`${command}; echo ended""-${String(serial)}\r`), { binary: true });
    while (!seen.includes(end)) await once(socket, 'message');
    seen = '';
  };
  // Without the kiosk not all is green, and nothing is restarted to see whether it holds.
  await typed(
    'docker stop -t 0 kiosk; docker network create bench; docker network connect bench cache',
  );
  const times: number[] = [];
  for (let round = 0; round < tickRounds; round += 1) {
    tell(`tick ${String(round + 1)} of ${String(tickRounds)}`);
    const green = web.until((event) => statusOf(event, id) === 'pass');
    await typed('docker network connect bench guestbook');
    const started = performance.now();
    await green;
    times.push(performance.now() - started);
    const red = web.until((event) => statusOf(event, id) === 'fail');
    await typed('docker network disconnect bench guestbook');
    await red;
  }
  socket.close();
  return times;
}

function statusOf(event: PageEvent, id: string): string | undefined {
  if (event.type !== 'verdict' || event.id !== id) return undefined;
  return event.verdict.checks.find((check) => check.id === goal)?.status;
}
