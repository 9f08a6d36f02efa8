import { mkdir, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buildStep } from './build-step.ts';
import { imagePaths, partial } from './image-paths.ts';
import { exists } from './images-ready.ts';
import { runLogged } from './run-logged.ts';
import type { StepLog } from './build-step.ts';
import type { ImageBuildContext } from './context.ts';
import type { EngineImages } from './engine-images.ts';
import type { Recipes } from './recipes.ts';

/** Unpacks the verifier's image to a folder: the verifier is no container, its root is only read. */
export async function exportVerifier(
  context: ImageBuildContext,
  recipes: Recipes,
  images: EngineImages,
): Promise<void> {
  const folder = imagePaths(context.stateDir, recipes).verifier;
  if (await exists(folder)) return;
  if (!recipes.verifier.files.some((file) => /^helper\/.*\.c$/.test(file.path))) {
    throw new Error('The verifier has no helper: server/lab-host/verifier/helper has no C source.');
  }
  const { tag } = await images.ensure('verifier');
  const step = { name: 'verifier-root', text: "the verifier's files" };
  await buildStep(context, step, async (log) => {
    await mkdir(partial(folder), { recursive: true });
    await unpack(context, tag, partial(folder), log);
    await rename(partial(folder), folder);
  });
}

async function unpack(
  context: ImageBuildContext,
  tag: string,
  folder: string,
  log: StepLog,
): Promise<void> {
  // Never started: the engine only needs a container to read an image's files from.
  const container = await context.engine.createContainer({ Image: tag, NetworkDisabled: true });
  try {
    const stdin = Readable.from(await container.export());
    const args = ['-x', '-C', folder, '--exclude=.dockerenv', '--exclude=dev/*'];
    await runLogged('tar', args, { log, signal: context.signal, stdin });
  } finally {
    await container.remove({ force: true });
  }
  await rm(`${folder}/etc/mtab`, { force: true });
}
