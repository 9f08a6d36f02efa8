// Ships to the browser.
/** Marks scenarios in a list as solved or in progress, once a server says so. */
import { progressOf, subscribe } from '../../lib/store.ts';

const words = { new: '', started: 'in progress', solved: 'solved' } as const;

class DrydockProgress extends HTMLElement {
  #ends = new AbortController();

  connectedCallback(): void {
    this.#ends = new AbortController();
    subscribe(() => this.#show(), this.#ends.signal);
  }

  disconnectedCallback(): void {
    this.#ends.abort();
  }

  #show(): void {
    for (const row of this.querySelectorAll<HTMLElement>('[data-scenario]')) {
      const id = row.dataset['scenario'] ?? '';
      const mark = row.querySelector<HTMLElement>('.scenario-state');
      if (!mark) continue;
      const progress = progressOf(id);
      mark.dataset['state'] = progress;
      mark.textContent = words[progress];
    }
  }
}

customElements.define('drydock-progress', DrydockProgress);
