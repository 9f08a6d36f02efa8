// Ships to the browser.
import { part } from '../../lib/dom.ts';

class DrydockSearch extends HTMLElement {
  #loaded: Promise<void> | undefined;

  connectedCallback(): void {
    const button = part(this, '.search-open', HTMLButtonElement);
    const dialog = part(this, 'dialog', HTMLDialogElement);
    button.disabled = false;
    button.addEventListener('click', () => void this.#open(dialog));
    dialog.addEventListener('click', (event) => {
      const inResult = event.target instanceof Element && event.target.closest('a');
      if (event.target === dialog || inResult) dialog.close();
    });
    window.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 'k' || inTerminal(event)) return;
      event.preventDefault();
      if (dialog.open) dialog.close();
      else void this.#open(dialog);
    });
  }

  async #open(dialog: HTMLDialogElement): Promise<void> {
    dialog.showModal();
    this.#loaded ??= load();
    await this.#loaded;
    const input = dialog.querySelector('input');
    input?.setAttribute('aria-label', 'Search pages and scenarios');
    input?.focus();
  }
}

/** Ctrl+K belongs to the shell there. */
function inTerminal(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest('.xterm') !== null;
}

async function load(): Promise<void> {
  // @ts-expect-error: the package has no types.
  const { PagefindUI } = (await import('@pagefind/default-ui')) as {
    PagefindUI: new (options: object) => unknown;
  };
  new PagefindUI({
    element: '#search-box',
    bundlePath: `${import.meta.env.BASE_URL.replace(/\/$/, '')}/pagefind/`,
    showImages: false,
    showSubResults: true,
    resetStyles: false,
    translations: { placeholder: 'Search pages and scenarios' },
  });
}

customElements.define('drydock-search', DrydockSearch);
