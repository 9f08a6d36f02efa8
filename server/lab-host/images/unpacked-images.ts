import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import { followEngine } from './follow-engine.ts';
import { imagesFolder, partial } from './image-paths.ts';

/** Of the engine's images the lab's alone is needed to start labs; the others are what it and the disk were made from. */
const labImageName = 'lab.tar';

/** Where a bundle's images are unpacked: on the same file system, and cleared away if that is broken off. */
export function unpackedFolder(stateDir: string): string {
  return partial(join(imagesFolder(stateDir), 'bundle'));
}

/** The engine first: what lies in the images' folder counts as ready. */
export async function takeUnpacked(
  engine: Dockerode,
  stateDir: string,
  folder: string,
): Promise<void> {
  const image = join(folder, labImageName);
  const log = { write: () => undefined, tell: () => undefined };
  await followEngine(await engine.loadImage(createReadStream(image), {}), log);
  const target = imagesFolder(stateDir);
  await mkdir(target, { recursive: true });
  for (const name of await readdir(join(folder, 'images'))) {
    await rm(join(target, name), { recursive: true, force: true });
    await rename(join(folder, 'images', name), join(target, name));
  }
  await rm(folder, { recursive: true });
}

export async function saveLabImage(engine: Dockerode, tag: string, folder: string): Promise<void> {
  const content = await engine.getImage(tag).get();
  await pipeline(Readable.from(content), createWriteStream(join(folder, labImageName)));
}
