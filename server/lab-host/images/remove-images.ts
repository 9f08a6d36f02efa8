import { readFile, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type Dockerode from 'dockerode';
import { squashfsServers } from '../engine/squashfs-servers.ts';
import { imagePaths, imagesFolder, partial } from './image-paths.ts';
import { repository } from './recipes.ts';
import type { ImageBuildContext } from './context.ts';
import type { Recipes } from './recipes.ts';

/** What an interrupted build has left. */
export async function removePartialImages(stateDir: string): Promise<void> {
  const folder = imagesFolder(stateDir);
  const left = (await readdir(folder)).filter((name) => name.endsWith(partial('')));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Images of other recipes than the present ones, unless a lab uses them. */
export async function removeOldImages(context: ImageBuildContext, recipes: Recipes): Promise<void> {
  await removeOldFiles(context.stateDir, recipes);
  await removeOldTags(context.engine, recipes);
  // The first stages of Dockerfiles with several.
  await context.engine.pruneImages({ filters: { dangling: ['true'] } });
}

async function removeOldFiles(stateDir: string, recipes: Recipes): Promise<void> {
  const { folder, inner, verifier } = imagePaths(stateDir, recipes);
  const present = new Set([basename(inner), basename(verifier)]);
  const mounted = [...(await loopFiles()), ...squashfsServers().map(({ file }) => file)];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const inUse = mounted.some((file) => file.startsWith(`${path}/`));
    if (!present.has(name) && !inUse) await rm(path, { recursive: true, force: true });
  }
}

/** The files behind the machine's loop devices. */
async function loopFiles(): Promise<string[]> {
  const all = await readdir('/sys/block').catch(() => []);
  const devices = all.filter((name) => name.startsWith('loop'));
  const files = devices.map((name) =>
    readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => ''),
  );
  return (await Promise.all(files)).map((file) => file.trim()).filter(Boolean);
}

async function removeOldTags(engine: Dockerode, recipes: Recipes): Promise<void> {
  const present = new Set([...recipes.all.values()].map((recipe) => recipe.tag));
  const images = await engine.listImages({ filters: { reference: [`${repository}/*`] } });
  const tags = images.flatMap((image) => image.RepoTags ?? []);
  for (const tag of tags.filter((name) => !present.has(name))) {
    // Refused while a container is made of it; the next build asks again.
    await engine
      .getImage(tag)
      .remove()
      .catch(() => undefined);
  }
}
