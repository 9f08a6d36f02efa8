// Ships to the browser.
/** `<drydock-operator>`: asks the server every few seconds how it stands, and does what the operator says. */
import type { OperatorState } from '../../../server/protocol/operator.ts';
import { Fault } from '../../lib/api.ts';
import { announce } from '../../lib/announce.ts';
import { part } from '../../lib/dom.ts';
import { ask } from '../../lib/ask.ts';
import { askToEnd } from './ask-to-end.ts';
import * as api from './operator-api.ts';
import { showFacts } from './operator-facts.ts';
import { showLabs } from './operator-labs.ts';

const beatMs = 5_000;

const drainQuestion = {
  title: 'Start no new labs?',
  text: 'Labs that run go on. Learners read that the server is about to be updated. This stays so until you switch it off, or a server of another version starts.',
  yes: 'Drain',
};

class DrydockOperator extends HTMLElement {
  #ends = new AbortController();
  #state: OperatorState | undefined;

  connectedCallback(): void {
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    this.addEventListener('click', (event) => this.#click(event), { signal });
    part(this, '[data-sign-in]', HTMLFormElement).addEventListener(
      'submit',
      (event) => {
        event.preventDefault();
        void this.#signIn();
      },
      { signal },
    );
    const beat = setInterval(() => {
      if (document.visibilityState === 'visible' && this.#state) void this.#refresh();
    }, beatMs);
    signal.addEventListener('abort', () => clearInterval(beat));
    void this.#refresh();
  }

  disconnectedCallback(): void {
    this.#ends.abort();
  }

  async #refresh(): Promise<void> {
    try {
      this.#show(await api.getState());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#fail(error);
    }
  }

  #show(state: OperatorState): void {
    this.#state = state;
    this.#say('');
    part(this, '[data-sign-in]', HTMLElement).hidden = true;
    part(this, '[data-state]', HTMLElement).hidden = false;
    part(this, '[data-sign-out]', HTMLElement).hidden = !state.signedIn;
    const draining = state.drainingSince !== undefined;
    part(this, '[data-drain-text]', HTMLElement).textContent = draining
      ? `Draining since ${new Date(state.drainingSince ?? 0).toLocaleTimeString()}: no new lab starts, ${String(state.labs.length)} are still known.`
      : 'New labs are started. Before an update, let the server drain: labs that run go on.';
    const button = part(this, '[data-drain]', HTMLButtonElement);
    button.textContent = draining ? 'Start labs again' : 'Drain …';
    showFacts(part(this, '[data-facts]', HTMLElement), state);
    showLabs(this, state);
    part(this, '[data-seen]', HTMLElement).textContent =
      `As of ${new Date().toLocaleTimeString()}.`;
  }

  /** What was seen stays in sight when the server does not answer. */
  #fail({ code, message, hint }: Fault): void {
    if (code === 'operator_only') {
      this.#state = undefined;
      part(this, '[data-state]', HTMLElement).hidden = true;
      part(this, '[data-sign-in]', HTMLElement).hidden = false;
      return this.#say('');
    }
    this.#say(`${message} ${hint}`);
  }

  #click(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.value === 'drain') void this.#drain();
    if (button?.value === 'sign-out') void this.#do(() => api.signOut(), 'Signed out.');
    if (button?.value === 'end') void this.#end(button.dataset['lab'] ?? '');
  }

  async #drain(): Promise<void> {
    const on = this.#state?.drainingSince === undefined;
    if (on && !(await ask(drainQuestion))) return;
    const said = on ? 'The server drains.' : 'New labs are started again.';
    await this.#do(() => api.setDrain(on), said);
  }

  async #end(id: string): Promise<void> {
    const lab = this.#state?.labs.find((one) => one.id === id);
    const message = lab && (await askToEnd(lab));
    if (message !== undefined) await this.#do(() => api.endLab(id, message), 'The lab has ended.');
  }

  async #signIn(): Promise<void> {
    const field = part(this, '#operator-token', HTMLInputElement);
    const token = field.value;
    field.value = '';
    if (!(await this.#do(() => api.signIn(token), 'Signed in.'))) field.focus();
  }

  async #do(work: () => Promise<unknown>, said: string): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#say(`${error.message} ${error.hint}`);
      return false;
    }
    announce(said);
    await this.#refresh();
    return true;
  }

  #say(text: string): void {
    const line = part(this, '[data-line]', HTMLElement);
    if (line.textContent !== text) line.textContent = text;
    line.hidden = text === '';
  }
}

customElements.define('drydock-operator', DrydockOperator);
