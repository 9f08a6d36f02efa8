import type Dockerode from 'dockerode';
import { buildBase } from './build-base.ts';
import { buildImage } from './build-image.ts';
import { limiter } from '../../limiter.ts';
import { recipeNamed } from './recipes.ts';
import type { ImageBuildContext } from './context.ts';
import type { Recipe, Recipes } from './recipes.ts';

/** apt waits for the network and dpkg for the disk: three at a time keep two cores busy. */
const concurrentBuilds = 3;

export interface EngineImages {
  /** Has the image in the engine, building first what it is built from. */
  ensure(name: string): Promise<Recipe>;
}

export function engineImages(context: ImageBuildContext, recipes: Recipes): EngineImages {
  const limit = limiter(concurrentBuilds);
  const started = new Map<string, Promise<Recipe>>();

  const make = async (recipe: Recipe): Promise<Recipe> => {
    if (await hasImage(context.engine, recipe.tag)) return recipe;
    await Promise.all(recipe.from.map(ensure));
    const build = recipe.name === 'base' ? buildBase : buildImage;
    await limit(() => build(context, recipe, recipes));
    return recipe;
  };
  const ensure = (name: string): Promise<Recipe> => {
    const promise = started.get(name) ?? make(recipeNamed(recipes.all, name));
    started.set(name, promise);
    return promise;
  };
  return { ensure };
}

export async function hasImage(engine: Dockerode, tag: string): Promise<boolean> {
  const found = await engine.listImages({ filters: { reference: [tag] } });
  return found.length > 0;
}
