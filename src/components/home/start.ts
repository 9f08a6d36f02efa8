// Ships to the browser.
/** One click on the home page: makes the lab, goes to its page and opens the terminal. Without a server it is a link. */
import { navigate } from 'astro:transitions/client';
import { createLab, Fault } from '../../lib/api.ts';
import { part } from '../../lib/dom.ts';
import { labOf, putLab, state } from '../../lib/store.ts';
import { expectTerminal, showLab } from '../dock/dock-events.ts';

class DrydockStart extends HTMLElement {
  connectedCallback(): void {
    const link = part(this, 'a', HTMLAnchorElement);
    for (const sign of ['pointerover', 'focusin'])
      this.addEventListener(sign, expectTerminal, { once: true });
    link.addEventListener('click', (event) => {
      if (state.server !== 'online' || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.#start(link);
    });
  }

  async #start(link: HTMLAnchorElement): Promise<void> {
    const scenario = this.dataset['scenario'] ?? '';
    try {
      const lab = labOf(scenario) ?? (await createLab(scenario));
      putLab(lab);
      if (lab.state !== 'queued') showLab(lab.id, 'focus');
      await navigate(link.href);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const line = part(this, '.home-fault', HTMLElement);
      line.textContent = `${error.message} ${error.hint}`;
      line.hidden = false;
    }
  }
}

customElements.define('drydock-start', DrydockStart);
