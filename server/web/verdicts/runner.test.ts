import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRunner } from './runner.ts';

const gapMs = 40;

describe('the runner', () => {
  it('turns a burst into few runs and keeps the trailing one', async () => {
    const starts: number[] = [];
    using runner = createRunner(async () => void starts.push(performance.now()), gapMs);
    const end = performance.now() + 2.5 * gapMs;
    let lastPoke = 0;
    while (performance.now() < end) {
      runner.poke();
      lastPoke = performance.now();
      await sleep(1);
    }
    await sleep(2 * gapMs);
    expect(starts.length).toBeGreaterThanOrEqual(3);
    expect(starts.length).toBeLessThanOrEqual(5);
    expect(starts.at(-1)).toBeGreaterThanOrEqual(lastPoke);
    starts
      .slice(1)
      .forEach((start, index) => expect(start - (starts[index] ?? 0)).toBeGreaterThan(gapMs - 5));
  });

  it('never runs two at once', async () => {
    let inFlight = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, (inFlight += 1));
      await sleep(5);
      inFlight -= 1;
    };
    using runner = createRunner(task, 0);
    for (let i = 0; i < 5; i += 1) {
      runner.poke();
      void runner.urgent(task);
      await sleep(3);
    }
    await runner.urgent(task);
    expect(most).toBe(1);
  });

  it('goes on after a failure', async () => {
    let runs = 0;
    using runner = createRunner(async () => void (runs += 1), 0);
    await expect(runner.urgent(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    runner.poke();
    await sleep(10);
    expect(runs).toBe(1);
  });

  it('runs nothing once it is disposed of', async () => {
    let runs = 0;
    const runner = createRunner(async () => void (runs += 1), 0);
    runner.poke();
    runner[Symbol.dispose]();
    await sleep(10);
    expect(runs).toBe(0);
  });
});
