// Ships to the browser.
/** `<drydock-lab>`: keeps one scenario's section of the page in step with its lab. */
import type { LabView } from '../../../server/protocol/api.ts';
import { Fault, warmScenario } from '../../lib/api.ts';
import { announce } from '../../lib/announce.ts';
import { part, withCode } from '../../lib/dom.ts';
import {
  labOf,
  onMessage,
  progressOf,
  state as current,
  subscribe,
  watch,
  type State,
} from '../../lib/store.ts';
import { showLab } from '../dock/dock-events.ts';
import { LabActions } from './lab-actions.ts';
import { LabAddresses } from './lab-addresses.ts';
import { LabAnswers } from './lab-answers.ts';
import { showChecks } from './lab-checks.ts';
import { LabClock } from './lab-clock.ts';
import { LabHints } from './lab-hints.ts';
import { isUp } from './lab-part.ts';
import { showPorts } from './lab-ports.ts';
import { statusOf } from './lab-status.ts';

class DrydockLab extends HTMLElement {
  #ends = new AbortController();
  #shown = '';
  #doing = '';
  #warmed = false;
  #watched: { id: string; ends: AbortController } | undefined;

  get scenario(): string {
    return this.dataset['scenario'] ?? '';
  }

  connectedCallback(): void {
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    const context = {
      scenario: this.scenario,
      title: this.dataset['title'] ?? '',
      root: this,
      lab: () => labOf(this.scenario),
      attempt: (work: () => Promise<unknown>) => this.#attempt(work),
      say: (text: string) => this.#say(text, 'warning'),
    };
    const answers = new LabAnswers(context);
    const parts = [
      new LabActions(context, () => answers.readDebrief()),
      new LabHints(context),
      new LabAddresses(context),
      answers,
      new LabClock(context, signal),
    ];
    subscribe((state) => {
      const lab = state.server === 'absent' ? undefined : labOf(this.scenario);
      this.#show(state, lab);
      for (const one of parts) one.show(state, lab);
      this.#warm(state, lab);
      this.#watch(lab);
      this.#turnDock(lab);
    }, signal);
    onMessage((message) => {
      const lab = labOf(this.scenario);
      if (message.id !== lab?.id) return;
      // What is done now takes the status's own line: a line that comes and goes would move the page.
      if (message.level === 'info') {
        this.#doing = message.text;
        this.#show(current, lab);
      } else this.#say(message.text, message.level);
    }, signal);
  }

  /** Once a page; that it came to nothing is no news to the reader. */
  #warm(state: State, lab: LabView | undefined): void {
    if (this.#warmed || state.server !== 'online' || lab) return;
    this.#warmed = true;
    warmScenario(this.scenario).catch(() => undefined);
  }

  disconnectedCallback(): void {
    this.#ends.abort();
    this.#watched?.ends.abort();
    this.#watched = undefined;
  }

  #show(state: State, lab: LabView | undefined): void {
    const solved = progressOf(this.scenario) === 'solved';
    if (lab?.state !== 'checking') this.#doing = '';
    const { tone, text } = statusOf(state, lab, { solved, doing: this.#doing });
    this.dataset['tone'] = tone;
    this.toggleAttribute('data-done', lab?.solved === true);
    const status = part(this, '[data-status]', HTMLElement);
    if (status.dataset['said'] !== text) {
      status.replaceChildren(...withCode(text));
      status.dataset['said'] = text;
      this.#say('', 'info');
    }
    showChecks(this, lab, solved);
    showPorts(part(this, '[data-ports]', HTMLElement), lab, (work) => this.#attempt(work));
  }

  /** A limit met: stays until the lab's state changes. */
  #say(text: string, level: 'info' | 'warning'): void {
    const line = part(this, '[data-message]', HTMLElement);
    // The state's own sentence may say the same already.
    line.hidden = text === '' || text === part(this, '[data-status]', HTMLElement).dataset['said'];
    line.textContent = text;
    line.dataset['level'] = level;
  }

  #watch(lab: LabView | undefined): void {
    if (lab?.id === this.#watched?.id) return;
    this.#watched?.ends.abort();
    this.#watched = undefined;
    if (!lab) return;
    this.#watched = { id: lab.id, ends: new AbortController() };
    watch(lab.id, this.#watched.ends.signal);
  }

  /** The dock shows this page's lab as soon as it can be worked in. */
  #turnDock(lab: LabView | undefined): void {
    if (!lab || lab.id === this.#shown || !isUp(lab)) return;
    this.#shown = lab.id;
    showLab(lab.id, 'turn');
  }

  /** Does something that may go wrong, and says on the page what went wrong. */
  async #attempt(work: () => Promise<unknown>): Promise<void> {
    const line = part(this, '[data-fault]', HTMLElement);
    const limit = part(this, '[data-limit]', HTMLElement);
    line.hidden = limit.hidden = true;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      line.textContent = `${error.message} ${error.hint}`;
      line.hidden = false;
      // What to end is chosen from what there is.
      limit.hidden = error.code !== 'too_many_labs';
      announce(line.textContent);
    }
  }
}

customElements.define('drydock-lab', DrydockLab);
