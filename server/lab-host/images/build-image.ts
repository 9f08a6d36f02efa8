import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildStep } from './build-step.ts';
import { followEngine } from './follow-engine.ts';
import { imagesFolder, partial } from './image-paths.ts';
import { writeRecipeFile } from './recipe-files.ts';
import { pinnedDockerfile } from './recipes.ts';
import { withoutScratch } from './scratch.ts';
import type { ImageBuildContext } from './context.ts';
import type { Recipe, Recipes } from './recipes.ts';

/** Builds a Dockerfile in the lab host's engine; the tag appears only when all of it has worked. */
export async function buildImage(
  context: ImageBuildContext,
  recipe: Recipe,
  recipes: Recipes,
): Promise<void> {
  const folder = partial(join(imagesFolder(context.stateDir), `context-${recipe.name}`));
  await buildStep(context, { name: recipe.name, text: `image ${recipe.name}` }, async (log) => {
    try {
      const dockerfile = pinnedDockerfile(recipe, recipes.all);
      await writeContext(folder, recipe, await withoutScratch(context.engine, dockerfile, log));
      const answer = await context.engine.buildImage(
        { context: folder, src: ['.'] },
        { t: recipe.tag, version: '1', rm: true, forcerm: true, abortSignal: context.signal },
      );
      await followEngine(answer, log);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function writeContext(folder: string, recipe: Recipe, dockerfile: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(recipe.files.map((file) => writeRecipeFile(folder, file)));
  await writeRecipeFile(folder, {
    path: 'Dockerfile',
    executable: false,
    content: Buffer.from(dockerfile),
  });
}
