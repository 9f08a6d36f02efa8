/** Builds the site, or takes it from a bundle, if what it is made of has changed since. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { partOfBundle } from '../bundle/use-bundle.ts';
import { CannotRun } from '../cannot-run.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const sources = [
  'src',
  'content',
  'labs',
  'public',
  'server/protocol',
  'server/catalog',
  'astro.config.mjs',
  // The page of settings.
  '.env.example',
  'package-lock.json',
];

export async function buildSite(config: Config, tell: (text: string) => void): Promise<void> {
  const wanted = siteHash();
  const stamp = join(config.siteDir, '.built-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const bundled = await partOfBundle(config.bundle, 'site', { site: wanted });
  if (bundled) {
    const partial = `${config.siteDir}.partial`;
    await bundled.unpack(partial, { tell });
    rmSync(config.siteDir, { recursive: true, force: true });
    renameSync(partial, config.siteDir);
    return;
  }
  const log: string[] = [];
  const astro = join(root, 'node_modules', 'astro', 'bin', 'astro.mjs');
  const child = spawn(process.execPath, [astro, 'build', '--outDir', config.siteDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.push(text);
      const line = text.trim().split('\n').at(-1) ?? '';
      tell(line.slice(0, 70));
    });
  }
  await once(child, 'close');
  if (child.exitCode !== 0) {
    throw new CannotRun(
      `The site could not be built:\n${log.join('').split('\n').slice(-20).join('\n')}`,
      'Repair what it names, then start again.',
    );
  }
  mkdirSync(config.siteDir, { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Of all that the site is made of. */
export function siteHash(): string {
  return hashOf(sources);
}

/** Of names and contents. */
export function hashOf(names: string[]): string {
  const hash = createHash('sha256');
  for (const name of names.map((part) => join(root, part)).filter((path) => existsSync(path))) {
    const files = statSync(name).isDirectory()
      ? readdirSync(name, { recursive: true, encoding: 'utf8' })
          .map((file) => join(name, file))
          .sort()
      : [name];
    for (const file of files)
      if (statSync(file).isFile()) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
