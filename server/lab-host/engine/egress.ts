/** A way out of the lab host's network for image builds, by a user-mode stack; the machine's own loopback stays closed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LabHostPaths } from '../paths.ts';

/** Must be called outside the lab host's namespaces. The way is open until the answer is disposed. */
export async function openEgress(paths: LabHostPaths): Promise<AsyncDisposable> {
  const child = spawn(
    'slirp4netns',
    [
      '--configure',
      '--mtu=65520',
      '--disable-host-loopback',
      '--ready-fd=3',
      '--netns-type=path',
      join(paths.namespaces, 'net'),
      'egress0',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const ready = child.stdio[3];
  const exited = once(child, 'exit').then(() => {
    throw new Error('slirp4netns ended before it was ready; is the package slirp4netns installed?');
  });
  if (ready) await Promise.race([once(ready, 'data'), exited]);
  exited.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
