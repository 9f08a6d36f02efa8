/** The one container of a run directory: found, started, made, or made anew. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CannotRun } from '../../cannot-run.ts';
import { say } from '../../progress.ts';
import { createArguments, labHostLabel } from './container-options.ts';
import { docker, DockerFailed } from './docker-cli.ts';
import { choosePrivilege } from './privilege.ts';
import type { AnsweringEngine } from './types.ts';

const createTimeoutMs = 120_000;
/** Longer than the container's own limit, after which the engine kills it. */
const stopTimeoutMs = 90_000;

/** Also its volume's. Two users of one engine, or two run directories, have a lab host each. */
export function containerName(runDir: string): string {
  if (runDir === '/run/drydock') return 'drydock-lab-host';
  return `drydock-lab-host-${createHash('sha256').update(runDir).digest('hex').slice(0, 8)}`;
}

export interface FoundContainer {
  id: string;
  image: string;
  running: boolean;
  /** How often the engine had to start it again. */
  restarts: number;
}

const inspectSchema = z.tuple([
  z.looseObject({
    Id: z.string(),
    RestartCount: z.number().default(0),
    Config: z.looseObject({
      Image: z.string(),
      Labels: z.record(z.string(), z.string()).nullish(),
    }),
    State: z.looseObject({ Running: z.boolean(), Restarting: z.boolean().default(false) }),
  }),
]);

/** Undefined if there is none of that name. */
export async function findContainer(name: string): Promise<FoundContainer | undefined> {
  let text: string;
  try {
    text = await docker(['container', 'inspect', name]);
  } catch (error) {
    if (error instanceof DockerFailed && /no such container/i.test(error.said)) return undefined;
    throw error;
  }
  const [{ Id, RestartCount, Config, State }] = inspectSchema.parse(JSON.parse(text));
  if (Config.Labels?.[labHostLabel] !== name)
    throw new CannotRun(
      `Your engine has a container ${name} that is not Drydock's.`,
      `Remove or rename it (\`docker rename ${name} …\`), then start again.`,
    );
  return {
    id: Id,
    image: Config.Image,
    running: State.Running && !State.Restarting,
    restarts: RestartCount,
  };
}

interface NewContainer {
  name: string;
  image: string;
  engine: AnsweringEngine;
  overcommit: number;
}

export async function createContainer(wanted: NewContainer): Promise<void> {
  const { name, image, engine, overcommit } = wanted;
  const privilege = await choosePrivilege(engine, image);
  await docker(['volume', 'create', '--label', `${labHostLabel}=${name}`, name]);
  const args = ['--overcommit', String(overcommit)];
  try {
    await docker(createArguments({ name, image, engine, privilege, args }), {
      timeoutMs: createTimeoutMs,
    });
  } catch (error) {
    if (!(error instanceof DockerFailed)) throw error;
    await docker(['container', 'rm', '--force', name]).catch(() => '');
    throw new CannotRun(
      `Your engine does not start the lab host's container:\n${error.said}`,
      '`npm run doctor` says what the engine is and what it lacks.',
      error,
    );
  }
}

/** It ends its labs by itself first. */
export async function removeContainer(name: string): Promise<void> {
  await docker(['container', 'stop', name], { timeoutMs: stopTimeoutMs }).catch(() => '');
  await docker(['container', 'rm', '--force', name], { timeoutMs: stopTimeoutMs }).catch(
    (error: unknown) => {
      if (!(error instanceof DockerFailed && /no such container/i.test(error.said))) throw error;
    },
  );
}

/** It comes back with the engine from now on. An engine that cannot be told so late (Podman before 5) lets it be. */
export async function keepContainer(name: string): Promise<void> {
  await docker(['container', 'update', '--restart', 'unless-stopped', name]).catch(() => {
    say('The lab host does not come back by itself with this engine; `npm start` brings it back.');
  });
}
