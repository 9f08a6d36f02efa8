import type { Container } from 'dockerode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { removeContainer } from './remove-container.ts';

const failure = (statusCode: number): Error => Object.assign(new Error('refused'), { statusCode });

/** Answers with these failures, one after another, and then removes. */
function slowToEnd(...failures: Error[]) {
  const remove = vi.fn(() => {
    const next = failures.shift();
    return next ? Promise.reject(next) : Promise.resolve();
  });
  return { remove, container: { remove } as unknown as Container };
}

describe('removeContainer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tries again while the container takes its time to end', async () => {
    const { remove, container } = slowToEnd(failure(500), failure(409));
    const removed = removeContainer(container);
    await vi.runAllTimersAsync();
    await removed;
    expect(remove).toHaveBeenCalledTimes(3);
  });

  it('is content with a container that is gone', async () => {
    await expect(removeContainer(slowToEnd(failure(404)).container)).resolves.toBeUndefined();
  });

  it('gives up in the end, with the reason', async () => {
    const { container } = slowToEnd(...Array.from({ length: 20 }, () => failure(500)));
    const removed = expect(removeContainer(container)).rejects.toThrow('refused');
    await vi.runAllTimersAsync();
    await removed;
  });
});
