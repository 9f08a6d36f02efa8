/** A command that must be beside the labs: run in the lab host's container, with what of this checkout it lacks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { containerName } from './container.ts';
import { docker, dockerProgram } from './docker-cli.ts';
import { checkout } from './stage-context.ts';

/** The image has the rest, of the same sources: a container of others is replaced before. */
const lacking = ['server/catalog', 'server/verify', 'server/web', 'labs'];

/** `main.ts ARGS` as root in there, with this process's stdio; answers its exit code. */
export async function runInContainer(
  { runDir }: { runDir: string },
  args: readonly string[],
): Promise<number> {
  const command = await prepared(runDir, args, process.stdin.isTTY && process.stdout.isTTY);
  const child = spawn(dockerProgram, command, { stdio: 'inherit' });
  await once(child, 'close');
  return child.exitCode ?? 2;
}

/** The same for a program: nothing is read, stderr is shown, stdout is the answer. */
export async function outputOfContainer(
  { runDir }: { runDir: string },
  args: readonly string[],
): Promise<{ exitCode: number; output: string }> {
  const command = await prepared(runDir, args, false);
  const child = spawn(dockerProgram, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { exitCode: child.exitCode ?? 2, output };
}

async function prepared(
  runDir: string,
  args: readonly string[],
  terminal: boolean,
): Promise<string[]> {
  const name = containerName(runDir);
  await bringLackingSources(name);
  const env = ['STATE_DIR=/var/lib/drydock', 'RUN_DIR=/run/drydock', 'LAB_HOST=embedded'];
  return [
    ...['exec', '--interactive', ...(terminal ? ['--tty'] : [])],
    ...env.flatMap((pair) => ['--env', pair]),
    ...[name, 'node', '--disable-warning=ExperimentalWarning', '/opt/drydock/server/cli/main.ts'],
    ...args,
  ];
}

/** So that a command that is run in there finds all that it imports. */
async function bringLackingSources(container: string): Promise<void> {
  for (const part of lacking.filter((path) => existsSync(join(checkout, path)))) {
    const parent = `${container}:/opt/drydock/${part.split('/').slice(0, -1).join('/')}`;
    await docker(['cp', join(checkout, part), parent]);
  }
}
