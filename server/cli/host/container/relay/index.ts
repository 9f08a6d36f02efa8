/**
 * The agent's socket, on this side of the container's wall. One relay for a run directory: a process that outlives the
 * command that starts it. Knows nothing of what passes through it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, readPid } from '../../../../lab-host/engine/processes.ts';
import { CannotRun } from '../../../cannot-run.ts';
import { dockerProgram } from '../docker-cli.ts';

const startTimeoutMs = 15_000;
const endTimeoutMs = 5_000;
/** Of macOS, where the kernel keeps less room for a socket's name than Linux does (108). */
const maxSocketPathBytes = 103;
const nodeInContainer = ['node', '--disable-warning=ExperimentalWarning'];
const inside = '/opt/drydock/server/cli/host/container/relay/inside.ts';
const agentSocketInside = '/run/drydock/agent.sock';

export interface RelayOptions {
  runDir: string;
  /** Where it listens. */
  agentSocket: string;
  container: string;
}

export async function ensureRelay(options: RelayOptions): Promise<void> {
  const { runDir, agentSocket, container } = options;
  ensureShort(agentSocket);
  const pid = relayPid(runDir);
  const command = pid === undefined ? undefined : commandOf(pid);
  const fits = [agentSocket, container].every((part) => command?.includes(` ${part} `));
  if (fits && (await listens(agentSocket))) return;
  await endRelay(runDir);
  mkdirSync(runDir, { recursive: true, mode: 0o755 });
  const log = openSync(join(runDir, 'relay.log'), 'w', 0o600);
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'outside.ts'),
      ...['--socket', agentSocket, '--pid', pidFile(runDir), '--'],
      ...[dockerProgram, 'exec', '--interactive', container],
      ...[...nodeInContainer, inside, agentSocketInside],
    ],
    { detached: true, stdio: ['ignore', log, log], cwd: '/' },
  );
  child.unref();
  closeSync(log);
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && child.exitCode === null) {
    if (relayPid(runDir) === child.pid && (await listens(agentSocket))) return;
    await sleep(20);
  }
  throw new CannotRun(
    'The relay to the lab host did not start.',
    `See ${join(runDir, 'relay.log')}.`,
  );
}

export async function endRelay(runDir: string): Promise<void> {
  const pid = relayPid(runDir);
  if (pid !== undefined) process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < endTimeoutMs && relayPid(runDir) === pid; waited += 20) {
    if (pid === undefined) break;
    await sleep(20);
  }
  const left = relayPid(runDir);
  if (left !== undefined) process.kill(left, 'SIGKILL');
  for (const file of [pidFile(runDir), join(runDir, 'relay.log')]) rmSync(file, { force: true });
}

export function relayPid(runDir: string): number | undefined {
  return readPid(pidFile(runDir), 'relay/outside.ts');
}

function pidFile(runDir: string): string {
  return join(runDir, 'relay.pid');
}

async function listens(path: string): Promise<boolean> {
  const socket = connect(path);
  const answer = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return answer;
}

function ensureShort(path: string): void {
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return;
  throw new CannotRun(
    `The path of a socket may have ${String(maxSocketPathBytes)} bytes, and this one is longer: ${path}`,
    'Set RUN_DIR to a shorter one.',
  );
}
