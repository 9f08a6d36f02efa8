import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { limiter } from './limiter.ts';

describe('limiter', () => {
  it('runs at most as many as it is wide, and all in the end, failures too', async () => {
    const limit = limiter(2);
    let running = 0;
    let most = 0;
    const work = (fails: boolean) => async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
      if (fails) throw new Error('failed');
    };
    const ended = await Promise.allSettled(
      [true, false, true, false, false].map((fails) => limit(work(fails))),
    );
    expect(most).toBe(2);
    expect(ended.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
