/** The user's engine by its own command line, which knows DOCKER_HOST, contexts, credentials and Docker Desktop. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

export class DockerFailed extends Error {
  override readonly name = 'DockerFailed';
  readonly args: readonly string[];
  /** What it said on stderr; for a program that is not there, that. */
  readonly said: string;

  constructor(args: readonly string[], said: string) {
    super(`docker ${args.slice(0, 2).join(' ')} failed: ${said}`);
    this.args = args;
    this.said = said;
  }
}

export const dockerProgram = 'docker';
const defaultTimeoutMs = 60_000;

/** Answers stdout, without the newline at its end. */
export async function docker(
  args: readonly string[],
  options: { timeoutMs?: number } = {},
): Promise<string> {
  const child = spawn(dockerProgram, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? defaultTimeoutMs,
    killSignal: 'SIGKILL',
  });
  const failed = once(child, 'error').then(([error]) => {
    throw new DockerFailed(args, whyNotStarted(error));
  });
  const [out, said] = await Promise.race([
    Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]),
    failed,
  ]);
  if (child.exitCode === 0) return out.trimEnd();
  throw new DockerFailed(args, child.killed ? `no answer in time. ${said.trim()}` : said.trim());
}

/** For what takes long: each line of both streams as it comes. Throws with the last lines. */
export async function dockerWithLines(
  args: readonly string[],
  onLine: (line: string) => void,
  options: SpawnOptions = {},
): Promise<void> {
  const child = spawn(dockerProgram, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const last: string[] = [];
  followLines(child, (line) => {
    last.push(line);
    last.splice(0, last.length - keptLines);
    onLine(line);
  });
  const failed = once(child, 'error').then(([error]) => {
    throw new DockerFailed(args, whyNotStarted(error));
  });
  await Promise.race([once(child, 'close'), failed]);
  if (child.exitCode !== 0) throw new DockerFailed(args, last.join('\n'));
}

const keptLines = 15;

export function followLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream)
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim() !== '') onLine(line);
      });
  }
}

function whyNotStarted(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return 'there is no `docker` command on the PATH';
  return String(error);
}
