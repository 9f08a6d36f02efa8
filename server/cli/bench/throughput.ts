/**
 * Terminal output through agent and web server, against `docker exec -t` on the same lab in the same run. A lab host in a
 * container has no such counterpart here: its engine's socket stays in there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { insideNamespaces } from '../../lab-host/engine/namespaces.ts';
import { labHostPaths } from '../../lab-host/paths.ts';
import { ackEveryBytes } from '../../protocol/terminal.ts';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';
import { cheapScenario } from './scenarios.ts';

const rounds = 5;
const bytesPerRound = 40_000_000;
const command = `yes 0123456789012345678901234567890123456789 | head -c ${String(bytesPerRound)}`;

export async function terminalThroughput(context: BenchContext): Promise<Row[]> {
  const { web, client, lease, tell } = context;
  const lab = await web.create(await cheapScenario(context));
  if (lab.state !== 'ready')
    await web.until(
      (event) => event.type === 'lab' && event.lab.id === lab.id && event.lab.state === 'ready',
    );
  const rawId = 'lbenchraw001';
  await client.createLab({ id: rawId, lease });
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${String(round + 1)} of ${String(rounds)}`);
    ours.push(await throughServer(context, lab.id));
    if (context.host.kind === 'embedded') raw.push(await throughDockerExec(context, rawId));
  }
  await client.destroyLab(rawId);
  await web.remove(lab.id);
  return [row('terminal-throughput', 'MB/s', ours, raw.length > 0 ? raw : undefined)];
}

async function throughServer({ web }: BenchContext, id: string): Promise<number> {
  const socket = web.terminal(id, 1);
  await once(socket, 'open');
  let bytes = 0;
  let told = 0;
  let tail = '';
  const finished = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return;
      bytes += data.length;
      tail = (tail + data.subarray(-64).toString('latin1')).slice(-128);
      if (bytes - told >= ackEveryBytes) {
        told = bytes;
        socket.send(JSON.stringify({ type: 'ack', bytes }));
      }
      if (tail.includes('all-sent')) resolve();
    });
  });
  const started = performance.now();
  socket.send(Buffer.from(`clear; ${command}; echo all""-sent\r`), { binary: true });
  await finished;
  socket.close();
  return megabytesPerSecond(bytes, started);
}

/** The command line's own way, in a terminal, its output thrown away here. */
async function throughDockerExec({ config }: BenchContext, id: string): Promise<number> {
  const paths = labHostPaths(config.stateDir, config.runDir, config.agentSocket);
  const docker = `docker -H unix://${paths.engineSocket} exec -it lab-${id} sh -c '${command}'`;
  const [program, args] = insideNamespaces(paths, 'script', ['-qfec', docker, '/dev/null']);
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(child, 'close');
  return megabytesPerSecond(bytes, started);
}

function megabytesPerSecond(bytes: number, started: number): number {
  return bytes / 1e6 / ((performance.now() - started) / 1000);
}
