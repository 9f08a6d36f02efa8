import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildStep } from './build-step.ts';
import { imagePaths, partial } from './image-paths.ts';
import { innerReady, ownerText } from './images-ready.ts';
import { labRoot } from './lab-root.ts';
import { loadInnerImages } from './load-inner-images.ts';
import { makeFileSystem } from './make-file-system.ts';
import { runLogged } from './run-logged.ts';
import { separateLayers } from './separate-layers.ts';
import type { StepLog } from './build-step.ts';
import type { ImageBuildContext } from './context.ts';
import type { EngineImages } from './engine-images.ts';
import type { LabRoot } from './lab-root.ts';
import type { Recipe, Recipes } from './recipes.ts';

const gibibyte = 1024 ** 3;
/** What a lab may write at most: the size of its disk. */
const labDiskBytes = 2 * gibibyte;
/** Holds the inner images once unpacked; gone after the build. */
const loadingDiskBytes = 8 * gibibyte;

/**
 * Makes what lets every lab start with the inner images in place at no cost: the images are loaded once in a lab (so
 * that its engine picks its own overlay options), then their layers become one squashfs that all labs share and what
 * remains, the engine's bookkeeping, becomes the disk that each lab gets a copy of.
 */
export async function buildDisk(
  context: ImageBuildContext,
  recipes: Recipes,
  images: EngineImages,
): Promise<void> {
  const { inner } = imagePaths(context.stateDir, recipes);
  const root = await labRoot(context.engine);
  if (await innerReady(inner, root)) return;
  const [lab] = await Promise.all(
    [recipes.lab, ...recipes.inner].map(({ name }) => images.ensure(name)),
  );
  if (!lab) return;
  const step = { name: 'disk', text: "the labs' disk with the inner images" };
  await buildStep(context, step, async (log) => {
    const folder = partial(inner);
    await mkdir(folder, { recursive: true });
    await fillFolder({ context, recipes, lab, root, folder, log });
    await rm(inner, { recursive: true, force: true });
    await rename(folder, inner);
  });
}

interface DiskBuild {
  context: ImageBuildContext;
  recipes: Recipes;
  lab: Recipe;
  root: LabRoot;
  folder: string;
  log: StepLog;
}

async function fillFolder(build: DiskBuild): Promise<void> {
  const run = { log: build.log, signal: build.context.signal };
  const loading = await makeEmptyDisk(build, run);
  const lab = await build.context.startLab({ image: build.lab.tag, disk: loading });
  try {
    await loadInnerImages(lab, build.context, build.recipes.inner, build.log);
    await lab.stop();
    build.log.tell('layers into one file');
    const { layers, rest } = await separateLayers(lab.diskMount, build.root);
    await Promise.all([
      squash(layers, join(build.folder, 'layers.squashfs'), run),
      makeFileSystem(join(build.folder, 'disk.img'), { bytes: labDiskBytes, from: rest }, run),
      pack(rest, join(build.folder, 'disk.tar'), run),
    ]);
  } finally {
    await lab.close();
  }
  await rm(loading, { recursive: true });
  await writeFile(join(build.folder, 'owner'), ownerText(build.root));
}

/** Answers its path: a file with a file system, or the folder itself. */
async function makeEmptyDisk(
  build: DiskBuild,
  run: { log: StepLog; signal: AbortSignal },
): Promise<string> {
  const from = join(build.folder, 'empty');
  for (const path of [from, join(from, 'docker'), join(from, 'disk')]) {
    await mkdir(path);
    await runLogged('chown', [`${String(build.root.uid)}:${String(build.root.gid)}`, path], run);
  }
  if (!build.context.mountsFiles) return from;
  const file = join(build.folder, 'loading.img');
  await makeFileSystem(file, { bytes: loadingDiskBytes, from }, run);
  await rm(from, { recursive: true });
  return file;
}

async function pack(
  folder: string,
  file: string,
  run: { log: StepLog; signal: AbortSignal },
): Promise<void> {
  const options = ['--numeric-owner', '--xattrs', '--xattrs-include=*', '--sparse'];
  await runLogged('tar', ['-C', folder, ...options, '-cf', file, '.'], run);
}

async function squash(
  folder: string,
  file: string,
  run: { log: StepLog; signal: AbortSignal },
): Promise<void> {
  const options = ['-noappend', '-no-progress', '-comp', 'zstd', '-Xcompression-level', '3'];
  await runLogged('mksquashfs', [folder, file, ...options], run);
}
