// Ships to the browser.
/** Which buttons a lab has in which state, and how they look. They stay the same elements, so that the focus stays too. */
import type { LabView } from '../../../server/protocol/api.ts';
import { element } from '../../lib/dom.ts';
import type { State } from '../../lib/store.ts';

const labels = {
  debrief: 'Read the debrief',
  start: 'Start the lab',
  terminal: 'Terminal',
  check: 'Check',
  reset: 'Reset',
  extend: 'Extend',
  end: 'End',
  leave: 'Give up the place',
};
export type Action = keyof typeof labels;

export interface Situation {
  state: State;
  lab: LabView | undefined;
  /** In this lab or in one before. */
  solved: boolean;
  /** Actions under way. */
  busy: ReadonlySet<Action>;
}

export function showButtons(box: HTMLElement, situation: Situation): void {
  const actions = actionsFor(situation);
  const main = mainAction(actions, situation.lab);
  const hadFocus = box.contains(document.activeElement);
  const before = new Map(
    [...box.querySelectorAll('button')].map((button) => [button.value, button]),
  );
  const buttons = actions.map((action) => {
    const button = before.get(action) ?? element('button', { type: 'button', value: action });
    dress(button, action, situation);
    button.className = action === main ? 'button primary' : 'button';
    return button;
  });
  for (const button of before.values()) if (!buttons.includes(button)) button.remove();
  buttons.forEach((button, index) => {
    if (box.children[index] !== button) box.insertBefore(button, box.children[index] ?? null);
  });
  if (hadFocus && !box.contains(document.activeElement)) buttons[0]?.focus();
}

function actionsFor({ state, lab, solved }: Situation): Action[] {
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

/** A button that is off keeps the focus, and can say why: `disabled` would drop both. */
function dress(button: HTMLButtonElement, action: Action, situation: Situation): void {
  const label = action === 'start' && situation.lab ? 'Start again' : labels[action];
  if (button.textContent !== label) button.textContent = label;
  const exhausted = action === 'extend' && situation.lab?.extendable === false;
  button.title = exhausted ? 'It has all the time that a lab can get.' : '';
  button.setAttribute('aria-disabled', String(exhausted || isOff(action, situation)));
}

function isOff(action: Action, { state, lab, busy }: Situation): boolean {
  return (
    busy.has(action) ||
    state.server !== 'online' ||
    (action === 'start' && ((state.trouble !== '' && !lab) || state.draining)) ||
    (action === 'check' && lab?.state === 'checking')
  );
}
