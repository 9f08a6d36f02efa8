import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildStep } from './build-step.ts';
import { debianSources } from './debian-sources.ts';
import { imagesFolder, partial } from './image-paths.ts';
import { followEngine } from './follow-engine.ts';
import { textOf } from './recipes.ts';
import { runLogged } from './run-logged.ts';
import type { StepLog } from './build-step.ts';
import type { ImageBuildContext } from './context.ts';
import type { Recipe } from './recipes.ts';

/** The Debian that all images start from: mmdebstrap makes a tar of it, the engine takes it in. */
export async function buildBase(context: ImageBuildContext, recipe: Recipe): Promise<void> {
  const tar = partial(join(imagesFolder(context.stateDir), `base-${recipe.hash}.tar`));
  await buildStep(context, { name: recipe.name, text: 'Debian, minimal' }, async (log) => {
    try {
      await makeTar(recipe, tar, { log, signal: context.signal });
      await importTar(context, recipe, tar, log);
    } finally {
      await rm(tar, { force: true });
    }
  });
}

/** First from the mirrors this machine uses, if those do not have it from mmdebstrap's default. */
export async function makeTar(
  recipe: Recipe,
  tar: string,
  run: { log: Pick<StepLog, 'write'>; signal: AbortSignal },
): Promise<void> {
  const options = mmdebstrapOptions(recipe);
  const suite = options.at(-1) ?? '';
  const own = await debianSources(suite);
  if (own.length > 0) {
    const done = await runLogged('mmdebstrap', [...options, tar, ...own], run).then(
      () => true,
      () => run.signal.aborted,
    );
    if (done) return;
    run.log.write("This machine's mirrors did not do; trying mmdebstrap's default.\n");
  }
  await runLogged('mmdebstrap', [...options, tar], run);
}

function mmdebstrapOptions(recipe: Recipe): string[] {
  const lines = textOf(recipe.files, 'options').split('\n');
  return ['--format=tar', ...lines.filter((line) => line !== '' && !line.startsWith('#'))];
}

async function importTar(
  context: ImageBuildContext,
  recipe: Recipe,
  tar: string,
  log: StepLog,
): Promise<void> {
  const [repo, tag] = recipe.tag.split(':');
  const answer = await context.engine.importImage(tar, { repo, tag, abortSignal: context.signal });
  await followEngine(answer, log);
}
