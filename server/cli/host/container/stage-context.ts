/** The build context of the images: what runs in them, gathered on this side, for the platform of the engine. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CannotRun } from '../../cannot-run.ts';
import { copyServedPackages } from '../../start/install-app.ts';
import { followLines } from './docker-cli.ts';

export const checkout = join(import.meta.dirname, '..', '..', '..', '..');
export const dockerfile = join(checkout, 'server', 'deploy', 'Dockerfile');

/** What runs in a lab host's container. Not the scenarios and not the web server: their changing must not end labs. */
const labHostParts = [
  'package.json',
  'server/agent-client',
  'server/cli',
  'server/config.ts',
  'server/errors.ts',
  'server/lab-host',
  'server/protocol',
  'server/secret-files.ts',
  'labs/_images',
];

/** Names everything that the image is made of, but for what Debian's mirrors have of the day. */
export function imageHash(arch: string): string {
  const hash = createHash('sha256').update(`${arch} `);
  for (const file of ['package-lock.json', 'server/deploy/Dockerfile', ...appFiles()])
    hash.update(`${file}\0`).update(readFileSync(join(checkout, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Answers the folder. The dependencies in it are made anew only for another lock file or platform. */
export async function stageContext(
  stateDir: string,
  arch: string,
  tell: (text: string) => void,
): Promise<string> {
  const context = join(stateDir, 'image-context');
  await stageDependencies(join(context, 'deps'), arch, tell);
  const app = join(context, 'app');
  rmSync(app, { recursive: true, force: true });
  for (const file of appFiles()) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    cpSync(join(checkout, file), join(app, file));
  }
  return context;
}

function appFiles(): string[] {
  return labHostParts
    .filter((part) => existsSync(join(checkout, part)))
    .flatMap((part) =>
      statSync(join(checkout, part)).isFile()
        ? [part]
        : readdirSync(join(checkout, part), { recursive: true, encoding: 'utf8' })
            .map((name) => `${part}/${name}`)
            .filter((file) => statSync(join(checkout, file)).isFile()),
    )
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
}

async function stageDependencies(
  target: string,
  arch: string,
  tell: (text: string) => void,
): Promise<void> {
  const lock = readFileSync(join(checkout, 'package-lock.json'));
  const wanted = createHash('sha256').update(`${arch} `).update(lock).digest('hex');
  const stamp = join(target, '.made-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const partial = `${target}.partial`;
  for (const dir of [partial, target]) rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(partial, 'bin'), { recursive: true });
  tell('dependencies');
  const installed = join(checkout, 'node_modules', 'node', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === arch && existsSync(installed)) {
    copyServedPackages(partial);
    cpSync(installed, join(partial, 'bin', 'node'));
  } else {
    await installForPlatform(partial, arch, tell);
  }
  writeFileSync(join(partial, '.made-from'), wanted);
  renameSync(partial, target);
}

const lockSchema = z.looseObject({
  packages: z.looseObject({ 'node_modules/node': z.looseObject({ version: z.string() }) }),
});

/** By npm on this side, whose settings and certificates reach its registry; a build's may not. */
export async function installForPlatform(
  target: string,
  arch: string,
  tell: (text: string) => void,
): Promise<void> {
  for (const name of ['package.json', 'package-lock.json'])
    cpSync(join(checkout, name), join(target, name));
  const platform = ['--os=linux', `--cpu=${arch}`, '--libc=glibc', '--ignore-scripts'];
  await npm(target, ['install', '--omit=dev', ...platform], tell);
  // The package `node` would fetch this one by its install script, for the platform that it runs on.
  const lock: unknown = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
  const { version } = lockSchema.parse(lock).packages['node_modules/node'];
  const own = join(target, 'node.partial');
  mkdirSync(own);
  writeFileSync(join(own, 'package.json'), '{}');
  await npm(own, ['install', ...platform, '--force', `node-linux-${arch}@${version}`], tell);
  mkdirSync(join(target, 'bin'), { recursive: true });
  renameSync(
    join(own, 'node_modules', `node-linux-${arch}`, 'bin', 'node'),
    join(target, 'bin', 'node'),
  );
  for (const name of ['node.partial', 'package.json', 'package-lock.json'])
    rmSync(join(target, name), { recursive: true, force: true });
}

async function npm(cwd: string, args: string[], tell: (text: string) => void): Promise<void> {
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', [...args, ...quiet], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  followLines(child, (line) => {
    lines.push(line);
    tell(`dependencies: ${line}`);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolve(null);
    });
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new CannotRun(
      `npm could not fetch the dependencies of the lab host's image:\n${lines.slice(-12).join('\n')}`,
      "Check the network and npm's own settings (`npm config list`), then start again.",
    );
}
