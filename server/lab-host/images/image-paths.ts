import { join } from 'node:path';
import type { Recipes } from './recipes.ts';

export interface ImagePaths {
  folder: string;
  /** Disk template and layers belong together: one folder, complete or not there. */
  inner: string;
  diskTemplate: string;
  diskFiles: string;
  layers: string;
  verifier: string;
}

export function imagePaths(stateDir: string, recipes: Recipes): ImagePaths {
  const folder = imagesFolder(stateDir);
  const inner = join(folder, `inner-${recipes.innerHash}`);
  return {
    folder,
    inner,
    diskTemplate: join(inner, 'disk.img'),
    diskFiles: join(inner, 'disk.tar'),
    layers: join(inner, 'layers.squashfs'),
    verifier: join(folder, `verifier-${recipes.verifier.hash}`),
  };
}

export function imagesFolder(stateDir: string): string {
  return join(stateDir, 'images');
}

/** What is being made has this name until it is complete. */
export function partial(path: string): string {
  return `${path}.partial`;
}
