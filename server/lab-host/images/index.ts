/**
 * The images of the lab host, built from the recipes in `labs/_images` and kept by the hash of what they are made of:
 * the lab's own image (in the engine), the disk that each lab gets a copy of with the inner images in its Docker
 * storage, the layers of those images as one squashfs, and the verifier's root file system.
 *
 * It does not know how a lab is started, who uses it, or what a scenario does: it is handed an engine, a folder and a
 * function that starts one lab.
 */
export type { ImageBuildContext, LabImages, StartedLab } from './context.ts';
export { makeTar as makeBaseTar } from './build-base.ts';
export { ImageBuildError } from './build-step.ts';
export { ensureImages } from './ensure-images.ts';
export { imagesReady, ownerText } from './images-ready.ts';
export { readRecipes, recipeNamed } from './recipes.ts';
export { saveLabImage, takeUnpacked, unpackedFolder } from './unpacked-images.ts';
