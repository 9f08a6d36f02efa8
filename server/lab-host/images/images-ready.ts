import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imagePaths } from './image-paths.ts';
import { readRecipes } from './recipes.ts';
import type { LabImages } from './context.ts';
import type { LabRoot } from './lab-root.ts';
import type { RecipeRoots, Recipes } from './recipes.ts';

/** What is complete on disk for the present recipes; whether the engine has the lab's image is not asked. */
export async function imagesReady(
  stateDir: string,
  roots?: RecipeRoots,
): Promise<LabImages | undefined> {
  return imagesOnDisk(stateDir, await readRecipes(roots));
}

export async function imagesOnDisk(
  stateDir: string,
  recipes: Recipes,
  root?: LabRoot,
): Promise<LabImages | undefined> {
  const paths = imagePaths(stateDir, recipes);
  if (!(await exists(paths.verifier)) || !(await innerReady(paths.inner, root))) return undefined;
  return {
    hash: recipes.hash,
    lab: recipes.lab.tag,
    diskTemplate: paths.diskTemplate,
    diskFiles: paths.diskFiles,
    layers: paths.layers,
    verifierRoot: paths.verifier,
  };
}

/** The files on the disk belong to the lab's root: with another user map they are of no use. */
export async function innerReady(folder: string, root?: LabRoot): Promise<boolean> {
  const owner = await readFile(join(folder, 'owner'), 'utf8').catch(() => undefined);
  return owner !== undefined && (!root || owner === ownerText(root));
}

export function ownerText(root: LabRoot): string {
  return `${String(root.uid)}:${String(root.gid)}\n`;
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
