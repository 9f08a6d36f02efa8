// Ships to the browser.
/** Marks scenarios in a list as solved or in progress, once a server says so. */
import { labOf, subscribe, type State } from '../../lib/store.ts';

const words = { new: '', started: 'in progress', solved: 'solved' } as const;

class DrydockProgress extends HTMLElement {
  #ends = new AbortController();

  connectedCallback(): void {
    this.#ends = new AbortController();
    subscribe((state) => this.#show(state), this.#ends.signal);
  }

  disconnectedCallback(): void {
    this.#ends.abort();
  }

  #show(state: State): void {
    for (const row of this.querySelectorAll<HTMLElement>('[data-scenario]')) {
      const id = row.dataset['scenario'] ?? '';
      const mark = row.querySelector<HTMLElement>('.scenario-state');
      if (!mark) continue;
      const progress = progressOf(state, id);
      mark.dataset['state'] = progress;
      mark.textContent = words[progress];
    }
  }
}

function progressOf(state: State, id: string): keyof typeof words {
  const lab = labOf(id);
  if (lab?.solved || state.progress.get(id) === 'solved') return 'solved';
  return lab ? 'started' : (state.progress.get(id) ?? 'new');
}

customElements.define('drydock-progress', DrydockProgress);
