// Ships to the browser.
/** Asks whether a lab is to end, and what its learner is to read. */
import type { OperatorState } from '../../../server/protocol/operator.ts';
import { element } from '../../lib/dom.ts';

/** The message, which may be empty; undefined if the lab is to stay. */
export function askToEnd({
  scenario,
  owner,
}: OperatorState['labs'][number]): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const field = element('textarea', { id: 'end-message', rows: 2, maxlength: 500 });
  const dialog = element(
    'dialog',
    { class: 'ask', 'aria-labelledby': 'end-title', 'aria-describedby': 'end-text' },
    element(
      'form',
      { method: 'dialog' },
      element('h2', { id: 'end-title' }, `End the lab of ${owner}?`),
      element(
        'p',
        { id: 'end-text' },
        `${scenario}: what runs in it is lost. The learner is told, and can reset it to begin anew.`,
      ),
      element('label', { for: 'end-message' }, 'Message to the learner'),
      field,
      element(
        'div',
        { class: 'ask-buttons' },
        element('button', { class: 'button', value: '' }, 'Cancel'),
        element('button', { class: 'button primary', value: 'yes' }, 'End the lab'),
      ),
    ),
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'yes' ? field.value.trim() : undefined);
  });
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  return promise;
}
