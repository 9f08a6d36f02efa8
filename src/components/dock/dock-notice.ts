// Ships to the browser.
/** The line below the terminals: how the lab stands while it cannot be used, and for some seconds what an action came to. */
import type { LabView } from '../../../server/protocol/api.ts';
import { announce } from '../../lib/announce.ts';
import { part } from '../../lib/dom.ts';

/** Enough to read two short sentences twice. */
const passingMs = 6_000;

export class DockNotice {
  readonly #root: HTMLElement;
  #standing = '';
  #passing: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** What holds until told otherwise. */
  stand(text: string): void {
    if (text === this.#standing) return;
    this.#standing = text;
    if (text !== '') announce(text);
    if (this.#passing === undefined) this.#show(text);
  }

  pass(text: string): void {
    announce(text);
    this.#show(text);
    clearTimeout(this.#passing);
    this.#passing = setTimeout(() => {
      this.#passing = undefined;
      this.#show(this.#standing);
    }, passingMs);
  }

  /** Said aloud by the page's announcer: a line that was hidden is not reliably read when it appears. */
  #show(text: string): void {
    const line = part(this.#root, '[data-notice]', HTMLElement);
    line.textContent = text;
    line.hidden = text === '';
  }
}

/** What to say over the terminals while they cannot be used as usual; empty otherwise. */
export function noticeOf({ state, reason }: LabView): string {
  switch (state) {
    case 'queued':
      return 'The lab waits for a place.';
    case 'creating':
    case 'breaking':
      return 'The lab is being made …';
    case 'paused':
      return 'Asleep. Any key wakes it.';
    case 'stopped':
      return `Stopped. ${reason} Reset it on its page.`;
    case 'ready':
    case 'checking':
    case 'expired':
    case 'failed':
      return '';
  }
}
