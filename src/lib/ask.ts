// Ships to the browser.
/** A question that must be answered before something is lost or opened. */
import { element } from './dom.ts';

export function ask(question: {
  title: string;
  text: string;
  /** Shown as it is, in full, on a line of its own. */
  quote?: string;
  yes: string;
}): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const dialog = element(
    'dialog',
    { class: 'ask', 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text' },
    element(
      'form',
      { method: 'dialog' },
      element('h2', { id: 'ask-title' }, question.title),
      element('p', { id: 'ask-text' }, question.text),
      question.quote !== undefined && element('code', { class: 'ask-quote' }, question.quote),
      element(
        'div',
        { class: 'ask-buttons' },
        element('button', { class: 'button', value: '' }, 'Cancel'),
        element('button', { class: 'button primary', value: 'yes' }, question.yes),
      ),
    ),
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'yes');
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
