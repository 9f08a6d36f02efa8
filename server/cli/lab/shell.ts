/** `lab shell`: a broken lab in this terminal, through the same terminal host as the page. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../config.ts';
import {
  ackEveryBytes,
  terminalServerMessageSchema,
  type TerminalClientMessage,
} from '../../protocol/terminal.ts';
import { createJudge } from '../../verify/index.ts';
import { CannotRun } from '../cannot-run.ts';
import { useLabHost } from '../host/use-lab-host.ts';
import { say, step } from '../progress.ts';
import { brokenLab, judgeLab } from './lab-run.ts';
import { describe, findScenario, seedOf } from './try.ts';

export async function shell(id: string, options: { seed?: number }): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CannotRun('This is no terminal.', 'Use `npm run lab -- try` to run a script.');
  const config = loadConfig();
  const scenario = await findScenario(config.labsDir, id);
  await useLabHost(async ({ client, lease, signal }) => {
    await using judge = createJudge({
      agentSocket: config.agentSocket,
      labsDir: config.labsDir,
      workers: 1,
    });
    const run = {
      context: { client, judge, lease, signal },
      scenario,
      seed: seedOf(scenario, options.seed),
    };
    await using lab = await step('fresh lab, broken', () => brokenLab(run));
    say(`\n${scenario.brief.trim()}\n\nLeave the shell (exit) to have the repair judged.\n`);
    const { columns: cols = 80, rows = 24 } = process.stdout;
    const socket = await client.terminal(lab.id, 1, { cols, rows, role: 'control', signal });
    await relay(socket);
    const verdict = await step('verdict', () => judgeLab(run, lab));
    process.stdout.write(describe(verdict));
    process.exitCode = verdict.solved ? 0 : 1;
  });
}

type TerminalSocket = Awaited<
  ReturnType<
    Awaited<
      ReturnType<(typeof import('../../agent-client/index.ts'))['createAgentClient']>
    >['terminal']
  >
>;

/** Until the shell ends. */
async function relay(socket: TerminalSocket): Promise<void> {
  const tell = (message: TerminalClientMessage): void => {
    socket.send(JSON.stringify(message));
  };
  const type = (bytes: Buffer): void => {
    socket.send(bytes, { binary: true });
  };
  const resize = (): void => {
    tell({ type: 'resize', cols: process.stdout.columns, rows: process.stdout.rows });
  };
  let shown = 0;
  let acknowledged = 0;
  process.stdin.setRawMode(true);
  process.stdin.on('data', type);
  process.stdout.on('resize', resize);
  try {
    await new Promise<void>((resolve) => {
      socket.on('close', () => {
        resolve();
      });
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (!isBinary) {
          const message = terminalServerMessageSchema.parse(JSON.parse(data.toString('utf8')));
          if (message.type === 'exit') resolve();
          return;
        }
        process.stdout.write(data, () => {
          shown += data.length;
          if (shown - acknowledged < ackEveryBytes) return;
          acknowledged = shown;
          tell({ type: 'ack', bytes: shown });
        });
      });
    });
    await sleep(50);
  } finally {
    process.stdin.off('data', type);
    process.stdout.off('resize', resize);
    process.stdin.setRawMode(false);
    process.stdin.pause();
    socket.close();
  }
}
