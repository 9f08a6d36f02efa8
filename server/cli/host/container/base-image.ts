/** The Debian that the lab host's image starts from: from a registry, or made here where none can be reached. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeBaseTar, readRecipes, recipeNamed } from '../../../lab-host/images/index.ts';
import { CannotRun } from '../../cannot-run.ts';
import { docker, DockerFailed, dockerWithLines } from './docker-cli.ts';
import type { AnsweringEngine } from './types.ts';

const publicBase = 'debian:trixie-slim';
const ownRepository = 'drydock/lab-host-base';
const importTimeoutMs = 300_000;

/** Answers its name. */
export async function ensureBase(
  engine: AnsweringEngine,
  stateDir: string,
  tell: (text: string) => void,
): Promise<string> {
  const recipe = recipeNamed((await readRecipes()).all, 'base');
  const own = `${ownRepository}:${recipe.hash}`;
  for (const name of [publicBase, own]) if (await isThere(name)) return name;
  tell(`${publicBase} from its registry`);
  try {
    await dockerWithLines(['pull', publicBase], tell);
    return publicBase;
  } catch (error) {
    if (!(error instanceof DockerFailed)) throw error;
    const why = whyNotMadeHere(engine);
    if (why !== undefined) throw noBase(error.said, why);
  }
  tell('no registry can be reached: Debian, minimal, by mmdebstrap');
  mkdirSync(stateDir, { recursive: true });
  const tar = join(stateDir, 'lab-host-base.partial.tar');
  const lines: string[] = [];
  const log = { write: (text: string) => void lines.push(text) };
  try {
    await makeBaseTar(recipe, tar, { log, signal: new AbortController().signal });
    await docker(['import', tar, own], { timeoutMs: importTimeoutMs });
  } catch (error) {
    throw noBase(lines.join('').split('\n').slice(-12).join('\n'), String(error));
  } finally {
    rmSync(tar, { force: true });
  }
  return own;
}

/** Of those that this file makes and that no image starts from any more, or of all. */
export async function removeBases(): Promise<void> {
  const tags = await docker(['image', 'ls', ownRepository, '--format', '{{.Repository}}:{{.Tag}}']);
  for (const tag of tags.split('\n').filter((name) => name !== ''))
    await docker(['image', 'rm', tag]).catch(() => '');
}

export function isThere(image: string): Promise<boolean> {
  return docker(['image', 'inspect', '--format', '{{.Id}}', image]).then(
    () => true,
    () => false,
  );
}

function whyNotMadeHere(engine: AnsweringEngine): string | undefined {
  if (process.platform !== 'linux' || engine.arch !== process.arch)
    return 'the image can be made without one on Linux alone';
  if (process.getuid?.() !== 0) return 'making it without one takes root';
  if (spawnSync('mmdebstrap', ['--version']).status !== 0)
    return 'making it without one takes mmdebstrap, which is not installed';
  return undefined;
}

function noBase(said: string, why: string): CannotRun {
  return new CannotRun(
    `The engine has no ${publicBase} and cannot pull it, and ${why}:\n${said}`,
    `Let the engine reach a registry (a mirror or proxy is a setting of the engine), or bring the image: \`docker save ${publicBase}\` where there is a network, \`docker load\` here. As root on a Debian with mmdebstrap it is made from the machine's own mirror.`,
  );
}
