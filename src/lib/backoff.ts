// Ships to the browser.
/** Waits longer after each failure, never in step with other pages, and at once when the network or the tab is back. */
const firstPauseMs = 250;
const longestPauseMs = 10_000;

export class Backoff {
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #retry: () => void;
  readonly #hurry = (): void => {
    if (this.#timer !== undefined && document.visibilityState === 'visible') this.#fire();
  };

  constructor(retry: () => void) {
    this.#retry = retry;
    window.addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
  }

  again(): void {
    clearTimeout(this.#timer);
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures++);
    this.#timer = setTimeout(() => this.#fire(), pause * (0.75 + Math.random() / 2));
  }

  reset(): void {
    this.#failures = 0;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    window.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
  }

  #fire(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#retry();
  }
}
