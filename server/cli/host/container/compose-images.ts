/** `npm run images`: what server/deploy/compose.yaml starts, built into the engine that `docker` talks to. */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../../../config.ts';
import { runCommand } from '../../../lab-host/engine/run-command.ts';
import { CannotRun } from '../../cannot-run.ts';
import { say, step } from '../../progress.ts';
import { buildSite } from '../../start/build-site.ts';
import { ensureBase } from './base-image.ts';
import { docker } from './docker-cli.ts';
import { buildTarget, ensureImage } from './image.ts';
import { probeEngine } from './probe-engine.ts';
import { checkout, stageContext } from './stage-context.ts';
import type { AnsweringEngine } from './types.ts';

/** Prints the two names on stdout. */
export async function buildComposeImages(): Promise<void> {
  const config = loadConfig();
  const engine = await probeEngine();
  if (!engine.answers)
    throw new CannotRun(
      `No Docker engine answers: ${engine.reason}`,
      'Start one, or name it by DOCKER_HOST or `docker context use`.',
    );
  const version = versionOf();
  const labHost = `drydock-lab-host:${version}`;
  const server = `drydock-server:${version}`;
  await docker(['tag', await ensureImage(engine, config.stateDir), labHost]);
  await step('site', (tell) => buildSite(config, tell));
  await step("the server's image", (tell) =>
    buildServer(engine, { ...config, name: server, tell }),
  );
  process.stdout.write(`${server}\n${labHost}\n`);
  say('`docker compose up -d` in server/deploy starts them; see the page "A server".');
}

interface ServerBuild {
  stateDir: string;
  siteDir: string;
  name: string;
  tell: (text: string) => void;
}

/** What does not change is taken from the builder's cache. */
async function buildServer(engine: AnsweringEngine, build: ServerBuild): Promise<void> {
  const { stateDir, siteDir, name, tell } = build;
  const base = await ensureBase(engine, stateDir, tell);
  const context = await stageContext(stateDir, engine.arch, tell);
  const app = join(context, 'server-app');
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  for (const part of ['server', 'labs', 'package.json'])
    cpSync(join(checkout, part), join(app, part), { recursive: true });
  cpSync(siteDir, join(app, 'dist'), { recursive: true });
  // The server's user is not who builds.
  await runCommand('chmod', ['-R', 'a+rX', context]);
  await buildTarget({ target: 'server', tag: name, base, context, tell });
}

function versionOf(): string {
  const text = readFileSync(join(checkout, 'package.json'), 'utf8');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}
