/** The lab host is up as long as the tests run; whoever brought it up takes it down. */
import { useLabHost } from '../../server/cli/host/use-lab-host.ts';

export async function setup(): Promise<() => Promise<void>> {
  // Vitest sets MODE for itself; ours has another meaning.
  delete process.env['MODE'];
  const up = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const use = useLabHost(async () => {
    up.resolve();
    await over.promise;
  });
  await Promise.race([up.promise, use]);
  return async () => {
    over.resolve();
    await use;
  };
}
