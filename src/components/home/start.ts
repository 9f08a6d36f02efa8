// Ships to the browser.
/**
 * One click on the home page: makes the lab, goes to its page and opens the terminal. Without a server it is a link. Who
 * has been here before goes on where they left.
 */
import { navigate } from 'astro:transitions/client';
import { createLab, Fault } from '../../lib/api.ts';
import { part } from '../../lib/dom.ts';
import { resumedScenario } from '../../lib/next-scenario.ts';
import { courseNow, labOf, putLab, state, subscribe } from '../../lib/store.ts';
import { expectTerminal, showLab } from '../dock/dock-events.ts';

class DrydockStart extends HTMLElement {
  #ends = new AbortController();

  connectedCallback(): void {
    this.#ends = new AbortController();
    subscribe(() => this.#resume(), this.#ends.signal);
    const link = part(this, 'a', HTMLAnchorElement);
    for (const sign of ['pointerover', 'focusin'])
      this.addEventListener(sign, expectTerminal, { once: true });
    link.addEventListener('click', (event) => {
      if (state.server !== 'online' || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.#start(link);
    });
  }

  disconnectedCallback(): void {
    this.#ends.abort();
  }

  #resume(): void {
    const course = courseNow();
    const scenario = resumedScenario(course);
    if (!scenario) return;
    this.dataset['scenario'] = scenario.id;
    const link = part(this, 'a', HTMLAnchorElement);
    link.href = `/scenarios/${scenario.id}/`;
    link.textContent = `Go on with “${scenario.title}”`;
    const solved = course.filter(({ progress }) => progress === 'solved').length;
    part(this, '.home-first', HTMLElement).textContent = `${solved} of ${course.length} solved`;
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
