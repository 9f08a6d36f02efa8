/** Runs one thing at a time for one lab: pokes coalesce into one live run, urgent tasks run in between. */

export interface Runner extends Disposable {
  /** Something may have changed: run soon. The last poke of a burst is never lost. */
  poke: () => void;
  /** Runs it as soon as what is in flight is over. */
  urgent: <T>(task: () => Promise<T>) => Promise<T>;
}

/** Whatever the learner's engine shouts, no more live runs than this. */
export const minGapMs = 250;

export function createRunner(run: () => Promise<void>, gapMs = minGapMs): Runner {
  let tail: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  /** A live run is due, and has not begun. */
  let waiting = false;
  let begunAt = -Infinity;
  let disposed = false;

  const enqueue = <T>(task: () => Promise<T>): Promise<T> => {
    const result = tail.then(() => {
      begunAt = performance.now();
      return task();
    });
    tail = result.catch(() => undefined);
    return result;
  };
  const live = async (): Promise<void> => {
    waiting = false;
    if (!disposed) await run();
  };

  return {
    poke: () => {
      if (waiting || disposed) return;
      waiting = true;
      const pauseMs = Math.max(0, begunAt + gapMs - performance.now());
      timer = setTimeout(() => void enqueue(live), pauseMs);
    },
    urgent: enqueue,
    [Symbol.dispose]: () => {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
