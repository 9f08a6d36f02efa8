/** `lab new`: a scenario that lints, runs and cannot be proved yet; its author makes it true. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadConfig } from '../../config.ts';
import { chapters, scenarioIdSchema } from '../../protocol/ids.ts';
import { CannotRun } from '../cannot-run.ts';
import { say } from '../progress.ts';

const template = join(import.meta.dirname, 'new-scenario');

export function newScenario(id: string): Promise<void> {
  const chapter = chapters.find((name) => id.startsWith(`${name}/`));
  if (!chapter || !scenarioIdSchema.safeParse(id).success) {
    throw new CannotRun(
      `${id} is no name for a scenario.`,
      `Use <chapter>/<slug> with one of: ${chapters.join(' ')}.`,
    );
  }
  const folder = join(loadConfig().labsDir, id);
  if (existsSync(folder)) throw new CannotRun(`${id} is there already.`, 'Choose another slug.');
  cpSync(template, folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replaceAll('SLUG', id.slice(chapter.length + 1)),
    );
  }
  say(`Made ${relative(process.cwd(), folder)}.
Write break.sh first, look at it with \`npm run lab -- shell ${id}\`, then the checks, then the fixes and cheats.
\`npm run lab -- lint\` says what is missing; \`npm run lab -- prove ${id}\` says whether it is a scenario.`);
  return Promise.resolve();
}
