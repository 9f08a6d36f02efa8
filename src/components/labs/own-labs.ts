// Ships to the browser.
/** `<drydock-own-labs>`: the learner's labs with the time they have left, each with a way to it and to its end. */
import type { LabView } from '../../../server/protocol/api.ts';
import { Fault, serverNow } from '../../lib/api.ts';
import { element, part } from '../../lib/dom.ts';
import { courseNow, state, subscribe } from '../../lib/store.ts';
import { timeLeft } from '../../lib/time.ts';
import { endWithQuestion } from '../lab/lab-end.ts';

const states: Record<LabView['state'], string> = {
  ...{ queued: 'waiting for a place', creating: 'starting', breaking: 'starting' },
  ...{ ready: 'running', checking: 'running', paused: 'asleep' },
  ...{ stopped: 'stopped', expired: 'ended', failed: 'failed' },
};

class DrydockOwnLabs extends HTMLElement {
  #ends = new AbortController();
  #shown = '';

  connectedCallback(): void {
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element && event.target.closest('button');
      if (button) void this.#end(button.value);
    });
    subscribe(() => this.#show(), signal);
    const timer = setInterval(() => this.#tick(), 1000);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  disconnectedCallback(): void {
    this.#ends.abort();
  }

  #show(): void {
    const labs = state.labs.filter(({ state }) => state !== 'expired' && state !== 'failed');
    this.hidden = labs.length === 0 || state.server === 'absent';
    const titles = new Map(courseNow().map(({ id, title }) => [id, title]));
    const rows = labs.map((lab) => ({ lab, title: titles.get(lab.scenario) ?? lab.scenario }));
    const key = JSON.stringify(rows.map(({ lab, title }) => [lab.id, lab.state, title]));
    if (key === this.#shown) return;
    this.#shown = key;
    const list = part(this, '[data-labs]', HTMLElement);
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(...rows.map(({ lab, title }) => row(lab, title)));
    if (hadFocus) list.querySelector('button')?.focus();
    this.#tick();
  }

  #tick(): void {
    for (const cell of this.querySelectorAll<HTMLElement>('[data-left]')) {
      const lab = state.labs.find(({ id }) => id === cell.dataset['left']);
      const runs = lab && ['running', 'asleep'].includes(states[lab.state]);
      cell.textContent = runs
        ? `${states[lab.state]}, ${timeLeft(lab.expiresAt - serverNow())} left`
        : lab
          ? states[lab.state]
          : '';
    }
  }

  async #end(id: string): Promise<void> {
    const line = part(this, '[data-fault]', HTMLElement);
    line.hidden = true;
    try {
      await endWithQuestion(id);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      line.textContent = `${error.message} ${error.hint}`;
      line.hidden = false;
    }
  }
}

function row(lab: LabView, title: string): HTMLElement {
  return element(
    'li',
    {},
    element('a', { href: `/scenarios/${lab.scenario}/` }, title),
    element('span', { class: 'own-labs-state', 'data-left': lab.id }),
    element(
      'button',
      { type: 'button', class: 'button', value: lab.id, 'aria-label': `End “${title}”` },
      'End',
    ),
  );
}

customElements.define('drydock-own-labs', DrydockOwnLabs);
