/** A command that must be beside the labs: run in the lab host's container, with what of this checkout it lacks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
  const name = containerName(runDir);
  await bringLackingSources(name);
  const env = ['STATE_DIR=/var/lib/drydock', 'RUN_DIR=/run/drydock', 'LAB_HOST=embedded'];
  const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : [];
  const child = spawn(
    dockerProgram,
    [
      ...['exec', '--interactive', ...terminal, ...env.flatMap((pair) => ['--env', pair])],
      ...[name, 'node', '--disable-warning=ExperimentalWarning', '/opt/drydock/server/cli/main.ts'],
      ...args,
    ],
    { stdio: 'inherit' },
  );
  await once(child, 'close');
  return child.exitCode ?? 2;
}

/** So that a command that is run in there finds all that it imports. */
export async function bringLackingSources(container: string): Promise<void> {
  for (const part of lacking.filter((path) => existsSync(join(checkout, path)))) {
    const parent = `${container}:/opt/drydock/${part.split('/').slice(0, -1).join('/')}`;
    await docker(['cp', join(checkout, part), parent]);
  }
}
