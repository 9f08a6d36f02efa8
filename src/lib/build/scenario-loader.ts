/**
 * Reads the scenarios for the site: what everybody may see of `lab.ts`, and the brief.
 * It knows nothing of hints' texts, fixes, debriefs or checks' code, so none of it can reach the output.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Loader, LoaderContext } from 'astro/loaders';
import { z } from 'zod';
import { scenarioSummarySchema } from '../../../server/protocol/api.ts';
import { chapters } from '../../../server/protocol/ids.ts';
import { withoutLocalLinks } from '../local-address.ts';

export const scenarioCardSchema = scenarioSummarySchema.omit({ progress: true });
export type ScenarioCard = z.infer<typeof scenarioCardSchema>;

/** The public part of `lab.ts`; everything else in it is dropped here. */
const labFileSchema = z.object({
  default: z.object({
    title: z.string(),
    minutes: z.number(),
    difficulty: z.enum(['easy', 'medium', 'hard']),
    tags: z.array(z.string()),
    objectives: z.array(z.string()),
    hints: z.array(z.unknown()),
    checks: z.array(
      z.object({ id: z.string(), kind: z.enum(['goal', 'guard']), title: z.string() }),
    ),
  }),
});

export function scenarioLoader(): Loader {
  return {
    name: 'drydock-scenarios',
    load: async (context) => {
      const labs = new URL('labs/', context.config.root);
      await loadAll(labs, context);
      const folder = fileURLToPath(labs);
      context.watcher?.add(folder);
      context.watcher?.on('change', (path) => {
        if (path.startsWith(folder)) void loadAll(labs, context);
      });
    },
  };
}

async function loadAll(labs: URL, context: LoaderContext): Promise<void> {
  context.store.clear();
  for (const chapter of chapters) {
    for (const slug of await folders(new URL(`${chapter}/`, labs))) {
      await loadScenario(new URL(`${chapter}/${slug}/`, labs), `${chapter}/${slug}`, context);
    }
  }
}

async function folders(parent: URL): Promise<string[]> {
  if (!existsSync(parent)) return [];
  const entries = await readdir(parent, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map((entry) => entry.name);
}

async function loadScenario(folder: URL, id: string, context: LoaderContext): Promise<void> {
  const labFile = new URL('lab.ts', folder);
  const briefFile = new URL('brief.md', folder);
  if (!existsSync(labFile) || !existsSync(briefFile)) {
    context.logger.warn(
      `${id} is left out: it has no ${existsSync(labFile) ? 'brief.md' : 'lab.ts'} yet.`,
    );
    return;
  }
  const card = await readCard(labFile, id);
  const brief = (await readFile(briefFile, 'utf8')).replace(/^# .*\n+/, '');
  const rendered = await context.renderMarkdown(brief, { fileURL: briefFile });
  context.store.set({
    id,
    data: await context.parseData({ id, data: card }),
    body: brief,
    rendered: { ...rendered, html: withoutLocalLinks(rendered.html) },
  });
}

async function readCard(labFile: URL, id: string): Promise<ScenarioCard> {
  try {
    const module: unknown = await import(
      /* @vite-ignore */ `${pathToFileURL(fileURLToPath(labFile)).href}?at=${Date.now()}`
    );
    const { default: lab } = labFileSchema.parse(module);
    return scenarioCardSchema.parse({
      id,
      chapter: id.split('/')[0],
      ...lab,
      hints: lab.hints.length,
    });
  } catch (cause) {
    const words = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(
      `labs/${id}/lab.ts cannot be read for the site: ${words}\nRun \`npm run lab -- lint\`.`,
      { cause },
    );
  }
}
