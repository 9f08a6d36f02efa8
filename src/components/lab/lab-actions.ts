// Ships to the browser.
/** What the buttons do that act on the whole lab. */
import type { LabView } from '../../../server/protocol/api.ts';
import { checkLab, createLab, endLab, extendLab, resetLab } from '../../lib/api.ts';
import { ask } from '../../lib/ask.ts';
import { part } from '../../lib/dom.ts';
import { dropLab, labById, progressOf, putLab, state as current } from '../../lib/store.ts';
import type { State } from '../../lib/store.ts';
import { expectTerminal, showLab } from '../dock/dock-events.ts';
import { showButtons, type Action } from './lab-buttons.ts';
import { endWithQuestion } from './lab-end.ts';
import type { LabContext } from './lab-part.ts';

export class LabActions {
  readonly #context: LabContext;
  readonly #box: HTMLElement;
  readonly #readDebrief: () => Promise<void>;
  readonly #busy = new Set<Action>();

  constructor(context: LabContext, readDebrief: () => Promise<void>) {
    this.#context = context;
    this.#readDebrief = readDebrief;
    this.#box = part(context.root, '[data-actions]', HTMLElement);
    for (const sign of ['pointerover', 'focusin'])
      this.#box.addEventListener(sign, expectTerminal, { once: true });
    this.#box.addEventListener('click', (event) => {
      const button = event.target instanceof Element && event.target.closest('button');
      if (button && button.getAttribute('aria-disabled') !== 'true')
        void this.#run(button.value as Action);
    });
  }

  show(state: State, lab: LabView | undefined): void {
    const solved = progressOf(this.#context.scenario) === 'solved';
    showButtons(this.#box, { state, lab, solved, busy: this.#busy });
  }

  async #run(action: Action): Promise<void> {
    this.#busy.add(action);
    this.show(current, this.#context.lab());
    await this.#context.attempt(() => this.#do(action, this.#context.lab()));
    this.#busy.delete(action);
    this.show(current, this.#context.lab());
    // A dialog gives the focus back to a button that may be gone.
    if (document.activeElement === document.body) this.#box.querySelector('button')?.focus();
  }

  async #do(action: Action, lab: LabView | undefined): Promise<void> {
    if (action === 'start') return this.#start(lab);
    if (action === 'debrief') return this.#readDebrief();
    if (!lab) return;
    switch (action) {
      case 'terminal':
        return showLab(lab.id, 'focus');
      case 'check': {
        const verdict = await checkLab(lab.id);
        const known = labById(lab.id);
        if (known) putLab({ ...known, verdict, solved: known.solved || verdict.solved });
        return;
      }
      case 'reset':
        if (!(await ask(resetQuestion))) return;
        putLab(await resetLab(lab.id));
        return showLab(lab.id, 'open');
      case 'extend':
        return putLab(await extendLab(lab.id));
      case 'end':
        return endWithQuestion(lab.id);
      case 'leave':
        await endLab(lab.id);
        return dropLab(lab.id);
    }
  }

  async #start(old: LabView | undefined): Promise<void> {
    const lab = await createLab(this.#context.scenario);
    if (old) dropLab(old.id);
    putLab(lab);
    if (lab.state !== 'queued') showLab(lab.id, 'focus');
  }
}

const resetQuestion = {
  title: 'Reset the lab?',
  text: 'It goes back to how it was broken. Whatever you did in it, and its open shells, are lost.',
  yes: 'Reset',
};
