// Ships to the browser.
/** Hints, one after another. */
import type { LabView } from '../../../server/protocol/api.ts';
import { nextHint } from '../../lib/api.ts';
import { announce } from '../../lib/announce.ts';
import { element, part, withCode } from '../../lib/dom.ts';
import { labById, progressOf, putLab, withHint, type State } from '../../lib/store.ts';
import type { LabContext } from './lab-part.ts';

export class LabHints {
  readonly #list: HTMLElement;
  readonly #rest: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #total: number;
  readonly #box: HTMLElement;
  readonly #scenario: string;

  constructor({ root, lab, attempt, scenario }: LabContext) {
    this.#scenario = scenario;
    this.#box = part(root, '.lab-hints', HTMLElement);
    this.#list = part(root, '[data-hints]', HTMLElement);
    this.#rest = part(root, '[data-hints-rest]', HTMLElement);
    this.#button = part(root, '[data-hint]', HTMLButtonElement);
    this.#total = Number(this.#button.dataset['total']);
    this.#button.addEventListener('click', () => {
      const id = lab()?.id;
      if (!id || this.#button.getAttribute('aria-disabled') === 'true') return;
      void attempt(() => take(id)).then(() => this.#keepFocus());
    });
  }

  show(state: State, lab: LabView | undefined): void {
    const taken = lab?.hints ?? [];
    if (this.#list.childElementCount !== taken.length) {
      this.#list.replaceChildren(
        ...taken.map((hint) => element('li', { value: hint.number }, ...withCode(hint.text))),
      );
    }
    const running = lab !== undefined && !['queued', 'expired', 'failed'].includes(lab.state);
    const left = this.#total - taken.length;
    // What is solved needs no hints; those that were taken stay.
    const solved = lab?.solved ?? progressOf(this.#scenario) === 'solved';
    this.#box.hidden = solved && taken.length === 0;
    this.#rest.hidden = running || solved || taken.length > 0;
    this.#button.hidden = !running || solved || left <= 0;
    this.#button.setAttribute('aria-disabled', String(state.server !== 'online'));
    this.#button.textContent =
      taken.length === 0 ? `Show a hint (${this.#total})` : `Next hint (${left} left)`;
  }

  /** With the last hint the button goes. */
  #keepFocus(): void {
    const last = this.#list.lastElementChild;
    if (!this.#button.hidden || !(last instanceof HTMLElement)) return;
    last.tabIndex = -1;
    last.focus();
  }
}

async function take(id: string): Promise<void> {
  const hint = await nextHint(id);
  const lab = labById(id);
  if (lab) putLab({ ...lab, hints: withHint(lab.hints, hint) });
  announce(`Hint ${hint.number}: ${hint.text}`);
}
