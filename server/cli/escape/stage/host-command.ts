/** Programs run on the machine itself, as root: for controls, and to look at what a lab must not have changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';

export interface HostCommand {
  program: string;
  args: readonly string[];
  stdin?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

export interface HostResult {
  exitCode: number;
  /** Both streams as they came. */
  output: string;
}

const defaultTimeoutMs = 30_000;
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export async function hostCommand(command: HostCommand): Promise<HostResult> {
  const { program, args, stdin = '', env = {}, timeoutMs = defaultTimeoutMs, signal } = command;
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const child = spawn(program, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: path, HOME: '/root', LC_ALL: 'C', ...env },
    signal: stop,
    killSignal: 'SIGKILL',
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const both = new PassThrough();
  child.stdout.pipe(both, { end: false });
  child.stderr.pipe(both, { end: false });
  const ended = once(child, 'exit').finally(() => setTimeout(() => both.end(), 50));
  const output = await text(both);
  await ended.catch(() => undefined);
  return { exitCode: child.exitCode ?? 124, output };
}

/** Its output; throws where it fails. */
export async function hostOutput(command: HostCommand): Promise<string> {
  const { exitCode, output } = await hostCommand(command);
  if (exitCode !== 0)
    throw new Error(
      `${command.program} ${command.args.join(' ')} ended with ${String(exitCode)}: ${output.trim()}`,
    );
  return output.trim();
}
