import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Compiles the helper as the image's recipe does. */
export function compileProbe(
  folder: string,
  sources = join(import.meta.dirname, '..', 'helper'),
): string {
  const probe = join(folder, 'drydock-probe');
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
  execFileSync('cc', [
    '-O2',
    '-static',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-o',
    probe,
    ...files.map((name) => join(sources, name)),
  ]);
  return probe;
}
