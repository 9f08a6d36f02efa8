/** Brings the lab host's container up, each part only if it is not there yet, and waits until its agent answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentClient, type AgentClient } from '../../../agent-client/index.ts';
import { CannotRun } from '../../cannot-run.ts';
import { say, step } from '../../progress.ts';
import { confirmEnd } from '../../start/confirm-end.ts';
import type { ContainerLabHost, LabHostOptions } from '../lab-host.ts';
import { othersUseIt } from '../users.ts';
import {
  containerName,
  createContainer,
  findContainer,
  keepContainer,
  removeContainer,
  type FoundContainer,
} from './container.ts';
import { docker } from './docker-cli.ts';
import { followLog } from './follow-log.ts';
import { ensureImage, removeImages, wantedImage } from './image.ts';
import { probeEngine } from './probe-engine.ts';
import { endRelay, ensureRelay } from './relay/index.ts';
import type { AnsweringEngine } from './types.ts';

const lookEveryMs = 250;
/** The first start builds the labs' images, and says something all the time. */
const silenceTimeoutMs = 600_000;

export interface ContainerOptions extends LabHostOptions {
  /** Where the relay listens; what the agent client is given. */
  agentSocket: string;
}

export async function ensureContainerLabHost(options: ContainerOptions): Promise<ContainerLabHost> {
  const engine = await probeEngine();
  if (!engine.answers)
    throw new CannotRun(
      `No Docker engine answers: ${engine.reason}`,
      'Start it, or name it in DOCKER_HOST or by `docker context use`.',
    );
  const name = containerName(options.runDir);
  const client = createAgentClient(options.agentSocket);
  const host = {
    kind: 'container' as const,
    client,
    agentSocket: options.agentSocket,
    container: name,
    startedHere: true,
  };
  const found = await findContainer(name);
  const adopted = found !== undefined && (await maybeAdopt({ found, engine, options, host }));
  if (!adopted) await makeAnew({ name, engine, options, client });
  return { ...host, startedHere: !adopted || found?.running !== true };
}

interface Adoption {
  found: FoundContainer;
  engine: AnsweringEngine;
  options: ContainerOptions;
  host: ContainerLabHost;
}

/** False: it must make way for one of the sources that are here. */
async function maybeAdopt({ found, engine, options, host }: Adoption): Promise<boolean> {
  const { container: name, client } = host;
  const current = found.image === wantedImage(engine);
  if (!found.running) {
    if (!current) return false;
    await docker(['container', 'start', name]);
    await untilUp({ name, options, client });
    return true;
  }
  await ensureRelay({ ...options, container: name });
  if (current) {
    await untilUp({ name, options, client });
    return true;
  }
  if (othersUseIt(options.runDir)) {
    say('The lab host is of other sources than these; it stays while other commands use it.');
    return true;
  }
  const labs = await client.list().catch(() => []);
  say(
    `The lab host's container is made anew, of these sources${labs.length === 0 ? '' : `; its labs (${String(labs.length)}) do not survive that`}.`,
  );
  if (await confirmEnd(host)) return false;
  say('It stays as it is, for this time.');
  return true;
}

interface Making {
  name: string;
  engine: AnsweringEngine;
  options: ContainerOptions;
  client: AgentClient;
}

async function makeAnew({ name, engine, options, client }: Making): Promise<void> {
  const image = await ensureImage(engine, options.stateDir);
  await endRelay(options.runDir);
  await removeContainer(name);
  await createContainer({ name, image, engine, overcommit: options.overcommit ?? 1 });
  try {
    await untilUp({ name, options, client });
  } catch (error) {
    await removeContainer(name);
    throw error;
  }
  await keepContainer(name);
  await removeImages(image);
}

/** Its agent answers, through the relay. */
async function untilUp({ name, options, client }: Omit<Making, 'engine'>): Promise<void> {
  if (await answers(client)) return;
  await ensureRelay({ ...options, container: name });
  await step("the lab host's container", async (tell) => {
    await using log = followLog(name, tell);
    const restarts = (await findContainer(name))?.restarts ?? 0;
    while (!(await answers(client))) {
      const now = await findContainer(name);
      if (now?.running !== true || now.restarts > restarts) throw ended(log.last());
      if (log.silentMs() > silenceTimeoutMs) throw silent(name, log.last());
      await sleep(lookEveryMs);
    }
  });
}

function answers(client: AgentClient): Promise<boolean> {
  return client.status().then(
    ({ engine }) => engine.up,
    () => false,
  );
}

function ended(last: string): CannotRun {
  return new CannotRun(
    `The lab host ended in its container. The last that it said:\n${last}`,
    '`npm run doctor` says what your engine is and what it lacks; what is built already is kept in the volume.',
  );
}

function silent(name: string, last: string): CannotRun {
  return new CannotRun(
    `The lab host does not come up in its container. The last that it said:\n${last}`,
    `\`docker logs ${name}\` has all of it.`,
  );
}
