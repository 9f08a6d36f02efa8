// Ships to the browser.
/** Hints, one after another. */
import type { LabView } from '../../../server/protocol/api.ts';
import { nextHint } from '../../lib/api.ts';
import { announce } from '../../lib/announce.ts';
import { element, part, withCode } from '../../lib/dom.ts';
import { labById, putLab, withHint, type State } from '../../lib/store.ts';
import type { LabContext } from './lab-part.ts';

export class LabHints {
  readonly #list: HTMLElement;
  readonly #rest: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #total: number;

  constructor({ root, lab, attempt }: LabContext) {
    this.#list = part(root, '[data-hints]', HTMLElement);
    this.#rest = part(root, '[data-hints-rest]', HTMLElement);
    this.#button = part(root, '[data-hint]', HTMLButtonElement);
    this.#total = Number(this.#button.dataset['total']);
    this.#button.addEventListener('click', () => {
      const id = lab()?.id;
      if (id) void attempt(() => take(id));
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
    this.#rest.hidden = running;
    this.#button.hidden = !running || left <= 0;
    this.#button.disabled = state.server !== 'online';
    this.#button.textContent =
      taken.length === 0 ? `Show a hint (${this.#total})` : `Next hint (${left} left)`;
  }
}

async function take(id: string): Promise<void> {
  const hint = await nextHint(id);
  const lab = labById(id);
  if (lab) putLab({ ...lab, hints: withHint(lab.hints, hint) });
  announce(`Hint ${hint.number}: ${hint.text}`);
}
