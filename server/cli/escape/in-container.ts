/** The attempts beside a lab host that is a container: the same command, in there. What it says comes out on stderr. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { CannotRun } from '../cannot-run.ts';
import type { ContainerLabHost } from '../host/lab-host.ts';
import { bringLackingSources } from '../host/container/index.ts';
import { attemptClasses } from './attempt.ts';
import type { Finding } from './report.ts';

const main = '/opt/drydock/server/cli/main.ts';

const findingSchema = z.object({
  id: z.string(),
  class: z.literal(Object.keys(attemptClasses) as (keyof typeof attemptClasses)[]),
  title: z.string(),
  held: z.boolean(),
  why: z.string(),
  seen: z.string(),
  control: z.string(),
  seconds: z.number(),
  moot: z.boolean(),
});
const reportSchema = z.looseObject({ attempts: z.array(findingSchema) });

export async function attemptInContainer(
  { container }: ContainerLabHost,
  only: string | undefined,
): Promise<Finding[]> {
  await bringLackingSources(container);
  const command = ['node', '--disable-warning=ExperimentalWarning', main, 'escape', '--json'];
  const options = ['--without-browser', ...(only === undefined ? [] : ['--only', only])];
  const child = spawn('docker', ['exec', container, ...command, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const report = reportSchema.safeParse(parsed(output));
  if (report.success) return report.data.attempts;
  throw new CannotRun(
    `The attempts could not be made in the lab host's container ${container} (exit code ${String(child.exitCode)}).`,
    'See what it says above, and `docker logs` of it.',
    report.error,
  );
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
