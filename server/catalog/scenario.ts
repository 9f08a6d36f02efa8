/** One scenario, read from its folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Chapter } from '../protocol/ids.ts';
import { chapterSchema, scenarioIdSchema } from '../protocol/ids.ts';
import type { Definition } from './definition.ts';
import { definitionSchema } from './definition.ts';
import { isThere } from './folders.ts';

export type ScriptKind = 'break' | 'fix' | 'cheat';

export interface Script {
  /** File name, as `fix-compose.sh`. */
  name: string;
  kind: ScriptKind;
  text: string;
}

export interface Scenario {
  /** `<chapter>/<slug>`, its folder below `labs/`. */
  id: string;
  chapter: Chapter;
  folder: string;
  definition: Definition;
  /** Markdown; empty where the file is missing, which the linter reports. */
  brief: string;
  debrief: string;
  /** `break.sh`, then the fixes with `fix.sh` first, then the cheats. */
  scripts: Script[];
  /** The folder that `break.sh` finds as $FILES, if there is one. */
  filesDir: string | undefined;
}

/** Throws what is wrong with `lab.ts`: a ZodError, or what its own code threw. */
export async function loadScenario(id: string, folder: string): Promise<Scenario> {
  const filesDir = join(folder, 'files');
  return {
    id: scenarioIdSchema.parse(id),
    chapter: chapterSchema.parse(id.split('/')[0]),
    folder,
    definition: await loadDefinition(folder),
    brief: await textOf(join(folder, 'brief.md')),
    debrief: await textOf(join(folder, 'debrief.md')),
    scripts: await loadScripts(folder),
    filesDir: (await isThere(filesDir)) ? filesDir : undefined,
  };
}

const moduleSchema = z.looseObject({ default: z.unknown() });

async function loadDefinition(folder: string): Promise<Definition> {
  const loaded: unknown = await import(pathToFileURL(join(folder, 'lab.ts')).href);
  return definitionSchema.parse(moduleSchema.parse(loaded).default);
}

const scriptName = /^(break|fix|cheat)(?:-[a-z0-9-]+)?\.sh$/;
const kindOrder: readonly ScriptKind[] = ['break', 'fix', 'cheat'];

export async function loadScripts(folder: string): Promise<Script[]> {
  const scripts: Script[] = [];
  for (const name of await readdir(folder)) {
    const kind = kindOrder.find((kind) => kind === scriptName.exec(name)?.[1]);
    if (kind) scripts.push({ name, kind, text: await textOf(join(folder, name)) });
  }
  return scripts.sort(
    (a, b) =>
      kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
      a.name.length - b.name.length ||
      a.name.localeCompare(b.name),
  );
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  });
}
