/** The image of the lab host's container, named by the hash of all that it is made of; built once for each. */
import { CannotRun } from '../../cannot-run.ts';
import { step } from '../../progress.ts';
import { ensureBase, isThere, removeBases } from './base-image.ts';
import { docker, DockerFailed, dockerWithLines } from './docker-cli.ts';
import { checkout, dockerfile, imageHash, stageContext } from './stage-context.ts';
import type { AnsweringEngine } from './types.ts';

const repository = 'drydock/lab-host';

/** Answers the image's name. */
export async function ensureImage(engine: AnsweringEngine, stateDir: string): Promise<string> {
  const tag = wantedImage(engine);
  if (await isThere(tag)) return tag;
  await step("the lab host's image", async (tell) => {
    const base = await ensureBase(engine, stateDir, tell);
    const context = await stageContext(stateDir, engine.arch, tell);
    await buildTarget({ target: 'lab-host', tag, base, context, tell });
  });
  return tag;
}

export function wantedImage({ arch }: AnsweringEngine): string {
  return `${repository}:${imageHash(arch)}`;
}

/** Those of other sources; one that a container still needs stays. */
export async function removeImages(keep?: string): Promise<void> {
  const tags = await docker(['image', 'ls', repository, '--format', '{{.Repository}}:{{.Tag}}']);
  for (const tag of tags.split('\n').filter((name) => name !== '' && name !== keep))
    await docker(['image', 'rm', tag]).catch(() => '');
  if (keep === undefined) await removeBases();
}

interface Build {
  /** A stage of server/deploy/Dockerfile. */
  target: string;
  tag: string;
  base: string;
  context: string;
  tell: (text: string) => void;
}

export async function buildTarget({ target, tag, base, context, tell }: Build): Promise<void> {
  const args = ['--target', target, '--build-arg', `BASE=${base}`, '--tag', tag];
  try {
    await dockerWithLines(
      ['build', ...args, '--file', dockerfile, context],
      (line) => {
        if (!/^(DEPRECATED|\s+Install the buildx|\s+https?:)/.test(line)) tell(line.slice(0, 100));
      },
      {
        cwd: checkout,
        // One line a step; a terminal's display would come as control characters.
        env: { ...process.env, BUILDKIT_PROGRESS: 'plain' },
      },
    );
  } catch (error) {
    if (!(error instanceof DockerFailed)) throw error;
    throw new CannotRun(
      `The image ${tag} could not be built:\n${error.said}`,
      'It needs a Debian mirror over http from within a build (the engine’s proxy settings count), and about 1 GB of disk.',
      error,
    );
  }
  if (!(await isThere(tag)))
    throw new CannotRun(
      'The image was built, but the engine does not have it: your builder keeps what it builds to itself.',
      'Choose the engine’s own builder (`docker buildx use default`), then start again.',
    );
}
