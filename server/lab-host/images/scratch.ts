/**
 * An engine without native overlay diffs (as in a user namespace) writes the owners of a first layer as they are on its
 * disk, not as the image's (moby, NaiveDiffDriver.Diff without a parent): nobody else can load such an image. What is
 * built from nothing is built there on an image that is an empty layer.
 */
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { z } from 'zod';
import { followEngine } from './follow-engine.ts';
import type { StepLog } from './build-step.ts';

const emptyImage = { repo: 'drydock/empty', tag: '1' };
const infoSchema = z.object({ DriverStatus: z.array(z.array(z.string())) });
/** Two blocks of zeros are the end of a tar, and all of this one. */
const emptyTar = Buffer.alloc(1024);

export async function withoutScratch(
  engine: Dockerode,
  dockerfile: string,
  log: StepLog,
): Promise<string> {
  const { DriverStatus } = infoSchema.parse(await engine.info());
  const native = DriverStatus.some(
    ([name, value]) => name === 'Native Overlay Diff' && value === 'true',
  );
  if (native || !/^FROM scratch\b/m.test(dockerfile)) return dockerfile;
  const stream = Readable.from([emptyTar]);
  await followEngine(await engine.importImage(stream, emptyImage), log);
  return dockerfile.replace(/^FROM scratch\b/gm, `FROM ${emptyImage.repo}:${emptyImage.tag}`);
}
