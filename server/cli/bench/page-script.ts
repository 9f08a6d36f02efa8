/** Script that a scenario's page loads before its terminal opens, as it travels: compressed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CannotRun } from '../cannot-run.ts';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';
import { cheapScenario } from './scenarios.ts';

export async function pageScript(context: BenchContext): Promise<Row[]> {
  const site = context.config.siteDir;
  const page = join(site, 'scenarios', await cheapScenario(context), 'index.html');
  if (!existsSync(page))
    throw new CannotRun('The site is not built.', 'Run `npm start` or `npm run build` once.');
  const html = readFileSync(page, 'utf8');
  const files = new Set<string>();
  for (const [, source = ''] of html.matchAll(/<script[^>]*\ssrc="(\/[^"]+)"/g))
    follow(site, source, files);
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text = '']) => text,
  );
  const bytes = [
    ...[...files].map((file) => readFileSync(join(site, file))),
    ...inline.map((text) => Buffer.from(text)),
  ]
    .map((content) => gzipSync(content).length)
    .reduce((sum, length) => sum + length, 0);
  return [row('page-script', 'kB', [bytes / 1000])];
}

/** Static imports come along; dynamic ones wait until they are wanted. */
function follow(site: string, file: string, files: Set<string>): void {
  if (files.has(file) || !existsSync(join(site, file))) return;
  files.add(file);
  const text = readFileSync(join(site, file), 'utf8');
  for (const [, name = ''] of text.matchAll(/(?:from|^import|;import)\s*["'](\.[^"']+)["']/g)) {
    follow(site, join(file, '..', name), files);
  }
}
