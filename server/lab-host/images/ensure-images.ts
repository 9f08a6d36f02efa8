import { mkdir } from 'node:fs/promises';
import { buildDisk } from './build-disk.ts';
import { engineImages, hasImage } from './engine-images.ts';
import { exportVerifier } from './export-verifier.ts';
import { imagePaths } from './image-paths.ts';
import { imagesOnDisk } from './images-ready.ts';
import { labRoot } from './lab-root.ts';
import { readRecipes } from './recipes.ts';
import { removeOldImages, removePartialImages } from './remove-images.ts';
import type { ImageBuildContext, LabImages } from './context.ts';
import type { RecipeRoots, Recipes } from './recipes.ts';

/** Builds what is missing of the present recipes' images; nothing, in milliseconds, when all is there. */
export async function ensureImages(
  context: ImageBuildContext,
  roots?: RecipeRoots,
): Promise<LabImages> {
  const recipes = await readRecipes(roots);
  const root = await labRoot(context.engine);
  const ready = await imagesOnDisk(context.stateDir, recipes, root);
  if (ready && (await hasImage(context.engine, ready.lab))) return ready;

  await mkdir(imagePaths(context.stateDir, recipes).folder, { recursive: true });
  await removePartialImages(context.stateDir);
  await buildAll(context, recipes);
  await removeOldImages(context, recipes);
  const built = await imagesOnDisk(context.stateDir, recipes, root);
  if (!built) throw new Error('The images were built but are not where they belong.');
  return built;
}

/** The first failure ends the other builds: they would only hide its message. */
async function buildAll(context: ImageBuildContext, recipes: Recipes): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const shared = { ...context, signal };
  const images = engineImages(shared, recipes);
  const work = [
    images.ensure('lab'),
    exportVerifier(shared, recipes, images),
    buildDisk(shared, recipes, images),
  ];
  try {
    await Promise.all(work);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(work);
    throw error;
  }
}
