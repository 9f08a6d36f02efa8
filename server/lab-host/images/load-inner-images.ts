import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { StepLog } from './build-step.ts';
import type { ImageBuildContext, StartedLab } from './context.ts';
import type { Recipe } from './recipes.ts';

/** Dockerode's `GET /images/get`, which its published types leave out. */
type Exporting = Dockerode & {
  getImages(options: { names: string[]; abortSignal: AbortSignal }): Promise<NodeJS.ReadableStream>;
};

const engineAnswers = `
for _ in $(seq 300); do docker version > /dev/null 2>&1 && exit 0; sleep 0.1; done
journalctl --no-pager -n 20 -u docker -u containerd
exit 1`;

/** The engine's identity and networks are made anew in each lab. */
const leaveOnlyImages = `
systemctl stop docker.service docker.socket containerd.service
cd /var/lib/docker && rm -rf network engine-id containers/* tmp/* runtimes/*`;

/** Loads the images into a lab's engine under the names learners know, then ends that engine. */
export async function loadInnerImages(
  lab: StartedLab,
  context: ImageBuildContext,
  inner: Recipe[],
  log: StepLog,
): Promise<void> {
  const run = async (script: string, stdin?: Readable): Promise<void> => {
    context.signal.throwIfAborted();
    const { exitCode, stdout, stderr } = await lab.run(script, stdin);
    log.write(`${stdout}${stderr}`);
    if (exitCode !== 0) throw new Error(`In the lab: exit code ${String(exitCode)}.`);
  };
  await run(engineAnswers);
  log.tell('inner images into a lab');
  await run('docker load --quiet', await exportImages(context, inner));
  await run(['set -e', ...inner.map(nameScript), 'docker images'].join('\n'));
  await run(leaveOnlyImages);
}

async function exportImages(context: ImageBuildContext, inner: Recipe[]): Promise<Readable> {
  const names = inner.map((recipe) => recipe.tag);
  const engine = context.engine as Exporting;
  return Readable.from(await engine.getImages({ names, abortSignal: context.signal }));
}

function nameScript(recipe: Recipe): string {
  const tags = recipe.names.map((name) => `docker tag ${recipe.tag} ${name}`);
  return [...tags, `docker rmi ${recipe.tag} > /dev/null`].join('\n');
}
