/**
 * Collects the parts of a bundle. Taken are only things that anybody could build from the checkout: no settings, no
 * database, no disk of a lab.
 */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { labRootIds } from '../../lab-host/engine/users.ts';
import { imagesReady, ownerText, readRecipes } from '../../lab-host/images/index.ts';
import { labHostPaths } from '../../lab-host/paths.ts';
import { CannotRun } from '../cannot-run.ts';
import { runPrepare } from '../host/prepare-images.ts';
import { say, step } from '../progress.ts';
import { buildSite, siteHash } from '../start/build-site.ts';
import { assembleBundle, pack, type Collected } from './assemble-bundle.ts';
import { collectPackages } from './collect-packages.ts';
import { lockHash, osRelease } from './find-bundle.mjs';
import type { Facts, PartName } from './read-bundle.mjs';

const root = join(import.meta.dirname, '..', '..', '..');

interface WriteOptions {
  output: string | undefined;
  signal: AbortSignal;
}

export async function writeBundle(config: Config, options: WriteOptions): Promise<string> {
  const { signal } = options;
  const output = outputFile(options.output);
  const folder = `${output}.parts`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const parts = await collectParts(config, folder, signal);
    const about = { drydock: version(), facts: await factsHere() };
    await step('one file of all', () => assembleBundle(output, { folder, parts, about, signal }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return output;
}

/** A folder gets a file of the usual name. */
export function outputFile(named: string | undefined): string {
  if (named === undefined) return join(dirname(root), defaultName());
  const isFolder = statSync(named, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(named, defaultName()) : named;
}

function defaultName(): string {
  return `drydock-bundle-${version()}-${osRelease().replaceAll(' ', '')}-${process.arch}.tar`;
}

async function collectParts(
  config: Config,
  folder: string,
  signal: AbortSignal,
): Promise<Collected[]> {
  const parts: Collected[] = [];
  const part = async (
    name: PartName,
    file: string,
    make: (path: string, tell: (text: string) => void) => Promise<void>,
  ): Promise<void> => {
    await step(name, (tell) => make(join(folder, file), tell));
    parts.push({ name, file });
  };

  await part('dependencies', 'dependencies.tar.gz', (file) => packDependencies(file, signal));
  if (osRelease().startsWith('debian') || osRelease().startsWith('ubuntu'))
    await part('packages', 'packages.tar', (file) => collectPackages(file, signal));
  else say('  No Debian packages: this machine has no apt-get to fetch them with.');
  await part('images', 'images.tar.gz', (file, tell) => packImages(file, { config, tell, signal }));
  await part('site', 'site.tar.gz', async (file, tell) => {
    await buildSite(config, tell);
    await pack(['-zf', file, '-C', config.siteDir, '.'], signal);
  });
  return parts;
}

/** What tools keep in node_modules for themselves is no dependency. */
const caches = ['.cache', '.astro', '.vite', '.vite-temp'];

async function packDependencies(file: string, signal: AbortSignal): Promise<void> {
  const without = caches.map((name) => `--exclude=node_modules/${name}`);
  await pack(['-zf', file, ...without, '-C', root, 'node_modules'], signal);
}

async function packImages(
  file: string,
  options: { config: Config; tell: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  const { stateDir, runDir } = options.config;
  const ready = await imagesReady(stateDir);
  if (!ready) throw new CannotRun('The images are not built.', 'Run `npm start` once.');
  const image = `${file}.image`;
  mkdirSync(image);
  await runPrepare(labHostPaths(stateDir, runDir), options.tell, ['--save', image]);
  const folders = [dirname(ready.layers), ready.verifierRoot];
  options.tell('packing');
  await pack(
    [
      // The disk is 2 GB of which next to nothing is there.
      ...['-zf', file, '--sparse', '--numeric-owner'],
      ...['-C', image, '.', '-C', stateDir],
      ...folders.map((name) => join('images', basename(name))),
    ],
    options.signal,
  );
  rmSync(image, { recursive: true });
}

async function factsHere(): Promise<Facts> {
  return {
    arch: process.arch,
    debian: osRelease(),
    lock: lockHash(root),
    recipes: (await readRecipes()).hash,
    labRoot: ownerText(labRootIds()).trim(),
    site: siteHash(),
  };
}

function version(): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}
