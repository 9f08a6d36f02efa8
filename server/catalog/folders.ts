/** Where scenarios lie: `labs/<chapter>/<slug>/lab.ts`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface ScenarioFolder {
  /** `<chapter>/<slug>` */
  id: string;
  folder: string;
}

/** Folders that start with `_` are none, in `labs/` and in a chapter; nor is one without a `lab.ts`. */
export async function scenarioFolders(labsDir: string): Promise<ScenarioFolder[]> {
  const found: ScenarioFolder[] = [];
  for (const chapter of await folders(labsDir)) {
    for (const slug of await folders(join(labsDir, chapter))) {
      const folder = join(labsDir, chapter, slug);
      if (await isThere(join(folder, 'lab.ts'))) found.push({ id: `${chapter}/${slug}`, folder });
    }
  }
  return found;
}

async function folders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !/^[_.]/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
