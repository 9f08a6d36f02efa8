// Ships to the browser.
/**
 * Notices that a socket is dead though nothing closed it: the browser says that the network is gone, or the server, which
 * speaks on a beat, has been silent for too long. A cable that is pulled closes no socket for minutes.
 */
import { silenceMs } from '../../server/protocol/limits.ts';

export class Pulse {
  readonly #lost: () => void;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #offline = (): void => {
    if (this.#silence !== undefined) this.#lose();
  };

  constructor(lost: () => void) {
    this.#lost = lost;
    window.addEventListener('offline', this.#offline);
  }

  /** A word from the other side, or the begin of waiting for the first. */
  heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), silenceMs);
  }

  /** Nothing is to be heard until `heard` is called again. */
  rest(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  [Symbol.dispose](): void {
    this.rest();
    window.removeEventListener('offline', this.#offline);
  }

  #lose(): void {
    this.rest();
    this.#lost();
  }
}
