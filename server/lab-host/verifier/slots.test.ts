import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('let so many work at once, in the order they came', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    let now = 0;
    let most = 0;
    const work = async (n: number): Promise<void> => {
      order.push(n);
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 2));
      now -= 1;
    };
    await Promise.all([1, 2, 3, 4, 5].map((n) => slots.run(never, () => work(n))));
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it('are free again after work that failed, and after waiting that was given up', async () => {
    const slots = new Slots(1);
    const stop = new AbortController();
    const failing = slots.run(never, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('failed');
    });
    const waiting = slots.run(stop.signal, async () => 'never');
    stop.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(failing).rejects.toThrow('failed');
    expect(await slots.run(never, async () => 'worked')).toBe('worked');
  });
});
