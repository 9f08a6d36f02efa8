// Ships to the browser.
/** Search in what the terminal has printed. */
import { part } from '../../lib/dom.ts';
import type { Found } from './terminal-screen.ts';
import type { TerminalTab } from './terminal-tab.ts';

export class DockFind {
  readonly #form: HTMLFormElement;
  readonly #active: () => TerminalTab | undefined;

  constructor(root: HTMLElement, active: () => TerminalTab | undefined) {
    this.#form = part(root, '[data-find]', HTMLFormElement);
    this.#active = active;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.find('up');
    });
    // From the newest line upwards, anew with each letter.
    this.#form.addEventListener('input', () => this.find('newest'));
    this.#form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      if (event.key !== 'Enter' || !event.shiftKey) return;
      event.preventDefault();
      this.find('down');
    });
  }

  open(): void {
    this.#form.hidden = false;
    part(this.#form, 'input', HTMLInputElement).select();
  }

  close(): void {
    this.#form.hidden = true;
    this.#active()?.screen?.stopFinding();
    this.#active()?.focus();
  }

  find(from: 'up' | 'down' | 'newest'): void {
    const screen = this.#active()?.screen;
    if (this.#words !== '') return screen?.find(this.#words, from);
    screen?.stopFinding();
    this.found({ index: -1, count: 0 });
  }

  /** What a search came to, also when the lab has printed more since. */
  found({ index, count }: Found): void {
    const line = part(this.#form, '[data-found]', HTMLElement);
    const none = count === 0 && this.#words !== '';
    line.dataset['none'] = String(none);
    if (count === 0) line.textContent = none ? 'Not found' : '';
    // More than xterm marks have no numbers.
    else line.textContent = index < 0 ? `${count} or more` : `${index + 1} of ${count}`;
  }

  get #words(): string {
    return part(this.#form, 'input', HTMLInputElement).value;
  }
}
