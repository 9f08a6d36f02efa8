// Ships to the browser.
/**
 * Keys that are the dock's and not the shell's. A terminal takes every key, Tab too, which would keep a keyboard user in
 * it: Ctrl+M, as in VS Code, gives Tab back to the page (Enter still sends what Ctrl+M would), Ctrl+` goes over at once.
 */
import { announce } from '../../lib/announce.ts';
import { part } from '../../lib/dom.ts';

export class DockKeyboard {
  readonly #root: HTMLElement;
  readonly #do: (tool: 'copy' | 'find') => void;
  #tabLeaves = false;

  constructor(root: HTMLElement, act: (tool: 'copy' | 'find') => void) {
    this.#root = root;
    this.#do = act;
  }

  /** Says true for keys that xterm is to leave alone. */
  takes(event: KeyboardEvent): boolean {
    if (event.key === 'Tab' && this.#tabLeaves) return true;
    if (event.type !== 'keydown' || !event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.code === 'KeyM' && !event.shiftKey) return took(event, () => this.#toggleTab());
    if (!event.shiftKey) return false;
    if (event.code === 'KeyC') return took(event, () => this.#do('copy'));
    if (event.code === 'KeyF') return took(event, () => this.#do('find'));
    // The browser pastes by itself, as a paste event that xterm takes.
    return event.code === 'KeyV';
  }

  #toggleTab(): void {
    this.#tabLeaves = !this.#tabLeaves;
    part(this.#root, '[data-trap]', HTMLElement).textContent = this.#tabLeaves
      ? 'gives Tab back to the shell'
      : 'lets Tab leave the terminal';
    announce(this.#tabLeaves ? 'Tab now leaves the terminal.' : 'Tab now goes to the shell.');
  }
}

/** Ctrl+` anywhere: from the page into the terminal, from there to the page's heading. */
export function crossOver(root: HTMLElement, intoTerminal: () => void): void {
  const panel = part(root, '[data-dock]', HTMLElement);
  window.addEventListener(
    'keydown',
    (event) => {
      if (!event.ctrlKey || event.code !== 'Backquote' || root.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      // The button that shows a hidden dock is the dock's too, and is no terminal.
      if (!panel.contains(document.activeElement)) return intoTerminal();
      const heading = part(document, 'h1', HTMLElement);
      heading.tabIndex = -1;
      heading.focus();
    },
    { capture: true },
  );
}

/** What the keys below the terminal send, for those who have none: phones. */
export const keySequences: Record<string, string> = {
  escape: '\x1b',
  tab: '\t',
  interrupt: '\x03',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
};

function took(event: KeyboardEvent, work: () => void): true {
  event.preventDefault();
  work();
  return true;
}
