/** Ends the container and the relay; and, apart from that, removes what they leave for the next start. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../../cannot-run.ts';
import { containerName, findContainer, removeContainer } from './container.ts';
import { docker, DockerFailed } from './docker-cli.ts';
import { removeImages } from './image.ts';
import { probeEngine } from './probe-engine.ts';
import { endRelay, relayPid } from './relay/index.ts';

/** Labs, container and relay; the volume and the image stay. */
export async function takeDownContainer({ runDir }: { runDir: string }): Promise<void> {
  const hadRelay = relayPid(runDir) !== undefined;
  await endRelay(runDir);
  const engine = await probeEngine();
  const name = containerName(runDir);
  if (engine.answers) {
    if ((await findContainer(name)) !== undefined) await removeContainer(name);
  } else if (hadRelay) {
    throw new CannotRun(
      `Whether the container ${name} still runs is not known: no Docker engine answers (${engine.reason}).`,
      'Start the engine, or name it in DOCKER_HOST as before, then run the command again.',
    );
  }
}

/** The volume, what was built for the image, and images that no other lab host needs. False if no engine answers. */
export async function removeContainerState(options: {
  runDir: string;
  stateDir: string;
}): Promise<boolean> {
  rmSync(join(options.stateDir, 'image-context'), { recursive: true, force: true });
  const engine = await probeEngine();
  if (!engine.answers) return false;
  const name = containerName(options.runDir);
  await docker(['volume', 'rm', name], { timeoutMs: 120_000 }).catch((error: unknown) => {
    if (!(error instanceof DockerFailed && /no such volume/i.test(error.said))) throw error;
  });
  await removeImages();
  return true;
}
