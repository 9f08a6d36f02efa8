// Ships to the browser.
/** The buttons that act on the whole lab. Which there are depends on its state; all are there by keyboard. */
import type { LabView } from '../../../server/protocol/api.ts';
import { checkLab, createLab, endLab, extendLab, resetLab } from '../../lib/api.ts';
import { ask } from '../../lib/ask.ts';
import { element, part } from '../../lib/dom.ts';
import {
  dropLab,
  labById,
  progressOf,
  putLab,
  state as current,
  type State,
} from '../../lib/store.ts';
import { expectTerminal, showLab } from '../dock/dock-events.ts';
import type { LabContext } from './lab-part.ts';

type Action = 'debrief' | 'start' | 'terminal' | 'check' | 'reset' | 'extend' | 'end' | 'leave';

const labels: Record<Action, string> = {
  debrief: 'Read the debrief',
  start: 'Start the lab',
  terminal: 'Terminal',
  check: 'Check',
  reset: 'Reset',
  extend: 'Extend',
  end: 'End',
  leave: 'Give up the place',
};

export class LabActions {
  readonly #context: LabContext;
  readonly #readDebrief: () => Promise<void>;
  #shown = '';

  constructor(context: LabContext, readDebrief: () => Promise<void>) {
    this.#context = context;
    this.#readDebrief = readDebrief;
    const box = part(context.root, '[data-actions]', HTMLElement);
    for (const sign of ['pointerover', 'focusin'])
      box.addEventListener(sign, expectTerminal, { once: true });
    box.addEventListener('click', (event) => {
      const button = event.target instanceof Element && event.target.closest('button');
      if (button) void this.#run(button, button.value as Action);
    });
  }

  show(state: State, lab: LabView | undefined): void {
    const solved = progressOf(this.#context.scenario) === 'solved';
    const actions = actionsFor(state, lab, solved);
    const key = [
      ...actions,
      lab?.state,
      lab?.solved,
      lab?.extendable,
      state.server,
      state.trouble,
    ].join();
    if (key === this.#shown) return;
    this.#shown = key;
    const box = part(this.#context.root, '[data-actions]', HTMLElement);
    const focused = box.contains(document.activeElement)
      ? (document.activeElement as HTMLButtonElement).value
      : '';
    const main = mainAction(actions, lab);
    box.replaceChildren(
      ...actions.map((action) => actionButton(action, { main: action === main, state, lab })),
    );
    if (focused)
      (
        box.querySelector<HTMLElement>(`[value="${focused}"]`) ?? box.querySelector('button')
      )?.focus();
  }

  async #run(button: HTMLButtonElement, action: Action): Promise<void> {
    button.disabled = true;
    await this.#context.attempt(() => this.#do(action, this.#context.lab()));
    button.disabled = false;
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
        if (!(await ask(endQuestion))) return;
        await endLab(lab.id);
        return dropLab(lab.id);
      case 'leave':
        await endLab(lab.id);
        return dropLab(lab.id);
    }
  }

  async #start(old: LabView | undefined): Promise<void> {
    if (old) dropLab(old.id);
    const lab = await createLab(this.#context.scenario);
    putLab(lab);
    if (lab.state !== 'queued') showLab(lab.id, 'focus');
  }
}

const resetQuestion = {
  title: 'Reset the lab?',
  text: 'It goes back to how it was broken. Whatever you did in it, and its open shells, are lost.',
  yes: 'Reset',
};
const endQuestion = {
  title: 'End the lab?',
  text: 'The lab and everything in it are gone then. What you have solved stays solved.',
  yes: 'End',
};

function actionsFor(state: State, lab: LabView | undefined, solved: boolean): Action[] {
  if (state.server === 'absent' || state.server === 'probing') return [];
  return solved ? ['debrief', ...actionsOf(lab)] : actionsOf(lab);
}

function actionsOf(lab: LabView | undefined): Action[] {
  switch (lab?.state) {
    case undefined:
      return ['start'];
    case 'expired':
    case 'failed':
      return ['start'];
    case 'queued':
      return ['leave'];
    case 'creating':
    case 'breaking':
      return ['terminal', 'end'];
    case 'stopped':
      return ['reset', 'end'];
    case 'ready':
    case 'checking':
    case 'paused':
      return ['check', 'terminal', 'reset', 'extend', 'end'];
  }
}

/** What one most likely wants to do now. A lab that was solved has nothing left to check. */
function mainAction(actions: readonly Action[], lab: LabView | undefined): Action | undefined {
  if (actions[0] === 'debrief' && (!lab || lab.solved)) return 'debrief';
  if (lab?.state === 'stopped') return 'reset';
  return actions.find((action) => action === 'start' || action === 'check');
}

interface Look {
  main: boolean;
  state: State;
  lab: LabView | undefined;
}

function actionButton(action: Action, { main, state, lab }: Look): HTMLButtonElement {
  const label = action === 'start' && lab ? 'Start again' : labels[action];
  const off =
    current.server !== 'online' ||
    (action === 'start' && state.trouble !== '' && !lab) ||
    (action === 'extend' && lab?.extendable === false) ||
    (action === 'check' && lab?.state === 'checking');
  return element(
    'button',
    { type: 'button', class: main ? 'button primary' : 'button', value: action, disabled: off },
    label,
  );
}
