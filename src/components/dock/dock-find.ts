// Ships to the browser.
/** Search in what the terminal has printed. */
import { part } from '../../lib/dom.ts';
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
    this.#form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
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

  find(direction: 'up' | 'down'): void {
    const words = part(this.#form, 'input', HTMLInputElement).value;
    const found = words === '' || this.#active()?.screen?.find(words, direction);
    part(this.#form, '[data-found]', HTMLElement).textContent = found ? '' : 'Not found';
  }
}
