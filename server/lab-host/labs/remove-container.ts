/** Ends a lab's container for good, however long its end takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';

/**
 * The engine waits ten seconds for a killed container. One that held all a lab may hold (a million open files, say) takes
 * longer to end on a busy machine.
 */
const tries = 6;
const pauseMs = 2_000;

export async function removeContainer(container: Container): Promise<void> {
  for (let left = tries; ; left -= 1) {
    try {
      await container.remove({ force: true });
      return;
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return;
      // 409: the engine is at it already.
      if (left <= 1 || (status !== 500 && status !== 409)) throw error;
      await sleep(pauseMs);
    }
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}
