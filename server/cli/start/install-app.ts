/**
 * A copy of what the web server needs, readable by its user: root's checkout may lie where that user cannot read.
 * Dependencies are copied once per lock file, the rest once per change. Anybody else runs it where it is, as themselves.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { runCommand } from '../../lab-host/engine/run-command.ts';
import { hashOf } from './build-site.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const parts = ['server', 'labs', 'package.json'];

export interface InstalledApp {
  /** Node that the web server's user can run. */
  node: string;
  dir: string;
  siteDir: string;
}

export async function installApp(config: Config): Promise<InstalledApp> {
  if (process.getuid?.() !== 0)
    return { node: process.execPath, dir: root, siteDir: config.siteDir };
  const deps = await installDependencies(join(config.stateDir, 'deps'));
  const siteHash = existsSync(join(config.siteDir, '.built-from'))
    ? readFileSync(join(config.siteDir, '.built-from'), 'utf8')
    : 'none';
  const id = createHash('sha256').update(hashOf(parts)).update(siteHash).digest('hex').slice(0, 16);
  const apps = join(config.stateDir, 'app');
  const dir = join(apps, id);
  if (!existsSync(dir)) {
    await complete(dir, async (partial) => {
      for (const part of parts) cpSync(join(root, part), join(partial, part), { recursive: true });
      if (existsSync(config.siteDir))
        cpSync(config.siteDir, join(partial, 'dist'), { recursive: true });
      symlinkSync(join(deps, 'node_modules'), join(partial, 'node_modules'));
      await readableByAll(partial);
    });
  }
  removeOthers(apps, id);
  return { node: join(deps, 'node'), dir, siteDir: join(dir, 'dist') };
}

const lockSchema = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })),
});
/** Its binary is copied by itself. */
const notServed = /^node_modules\/node(?:\/|$)/;

async function installDependencies(parent: string): Promise<string> {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const id = createHash('sha256').update(lockText).digest('hex').slice(0, 16);
  const dir = join(parent, id);
  if (!existsSync(dir)) {
    await complete(dir, async (partial) => {
      copyServedPackages(partial);
      cpSync(process.execPath, join(partial, 'node'));
      await readableByAll(partial);
    });
  }
  removeOthers(parent, id);
  return dir;
}

/** The production dependencies that are installed here, for this platform. */
export function copyServedPackages(target: string): void {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages } = lockSchema.parse(JSON.parse(lockText));
  Object.entries(packages)
    .filter(
      ([path, facts]) =>
        path.startsWith('node_modules/') && facts.dev !== true && !notServed.test(path),
    )
    .map(([path]) => path)
    .filter((path) => existsSync(join(root, path)))
    .forEach((path) => {
      copyPackage(path, target);
    });
}

/** Without what is nested below it: that has lines of its own in the lock file. */
function copyPackage(path: string, target: string): void {
  const from = join(root, path);
  cpSync(from, join(target, path), {
    recursive: true,
    filter: (file) => file === from || !file.slice(from.length).startsWith('/node_modules'),
  });
}

/** Made under another name first: what has its name is whole. */
async function complete(dir: string, make: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${dir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o755 });
  await make(partial);
  renameSync(partial, dir);
}

async function readableByAll(dir: string): Promise<void> {
  await runCommand('chown', ['-R', '0:0', dir]);
  await runCommand('chmod', ['-R', 'a+rX,go-w', dir]);
}

function removeOthers(parent: string, keep: string): void {
  chmodSync(parent, 0o755);
  for (const name of readdirSync(parent)) {
    if (name !== keep && statSync(join(parent, name)).isDirectory())
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}
