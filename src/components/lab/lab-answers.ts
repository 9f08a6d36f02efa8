// Ships to the browser.
/** Solution and debrief: asked of the server when they are due and somebody wants them, never before. */
import type { LabView } from '../../../server/protocol/api.ts';
import { getDebriefOf, getSolution, getSolutionOf } from '../../lib/api.ts';
import { element, part } from '../../lib/dom.ts';
import { withoutLocalLinks } from '../../lib/local-address.ts';
import { courseNow, progressOf, type State } from '../../lib/store.ts';
import { nextScenario } from '../../lib/next-scenario.ts';
import { heading, type LabContext } from './lab-part.ts';

export class LabAnswers {
  readonly #solution: HTMLElement;
  readonly #debrief: HTMLElement;
  readonly #context: LabContext;
  #of = '';

  constructor(context: LabContext) {
    this.#context = context;
    this.#solution = part(context.root, '[data-solution]', HTMLElement);
    this.#debrief = part(context.root, '[data-debrief-text]', HTMLElement);
  }

  show(_state: State, lab: LabView | undefined): void {
    const solved = progressOf(this.#context.scenario) === 'solved';
    // What was read of a solved scenario stays when its lab goes.
    if (!solved && lab?.id !== this.#of) {
      this.#of = lab?.id ?? '';
      this.#solution.replaceChildren();
      this.#debrief.replaceChildren();
      this.#debrief.hidden = true;
    }
    const due = solved || lab?.solutionDue === true;
    this.#solution.hidden = !due;
    if (due && this.#solution.childElementCount === 0) this.#offerSolution();
    if (solved) this.#showNext();
  }

  /** Where to go from here: beside the word that it is solved, and where the debrief ends. */
  #showNext(): void {
    const course = courseNow();
    const next = nextScenario(course, this.#context.scenario);
    const key = next?.id ?? String(course.length);
    for (const line of this.#context.root.querySelectorAll<HTMLElement>('[data-next]')) {
      if (line.dataset['next'] === key) continue;
      line.dataset['next'] = key;
      if (next) {
        line.replaceChildren(
          'Next: ',
          element('a', { href: `/scenarios/${next.id}/` }, next.title),
        );
      } else line.textContent = course.length > 0 ? 'That was the last one: all are solved.' : '';
    }
  }

  #offerSolution(): void {
    const button = element('button', { type: 'button', class: 'button' }, 'Show the solution');
    button.addEventListener('click', () => void this.#context.attempt(() => this.#readSolution()));
    this.#solution.replaceChildren(heading(this.#context.root, 'Solution'), button);
  }

  async #readSolution(): Promise<void> {
    const { scenario } = this.#context;
    const lab = this.#context.lab();
    const solved = progressOf(scenario) === 'solved';
    const { scripts } = await (lab && !solved ? getSolution(lab.id) : getSolutionOf(scenario));
    const blocks = scripts.map(({ name, text }, index) =>
      element(
        'details',
        { open: index === 0 },
        element('summary', {}, name),
        element('pre', { tabindex: 0 }, element('code', {}, text)),
      ),
    );
    this.#solution.replaceChildren(heading(this.#context.root, 'Solution'), ...blocks);
    this.#solution.querySelector('summary')?.focus();
  }

  async readDebrief(): Promise<void> {
    if (this.#debrief.childElementCount === 0) {
      const { html } = await getDebriefOf(this.#context.scenario);
      const article = element('div', {});
      // Written by the scenario's author and rendered by the server: a part of the site, not of the lab.
      article.innerHTML = withoutLocalLinks(html);
      below(article, this.#context.root.closest('.embedded') ? 4 : 2);
      const next = element('p', { class: 'lab-next', 'data-next': '' });
      this.#debrief.replaceChildren(heading(this.#context.root, 'Debrief'), article, next);
      this.#showNext();
    }
    this.#debrief.hidden = false;
    this.#debrief.focus();
    this.#debrief.scrollIntoView({ block: 'start' });
  }
}

/** The text's own headings stand below the one over it, of that level; its first is of level 2. */
function below(article: HTMLElement, level: number): void {
  for (const old of article.querySelectorAll('h1, h2, h3, h4')) {
    const depth = Math.min(6, Math.max(2, Number(old.tagName.slice(1))) + level - 1);
    const made = document.createElement(`h${depth}`);
    made.append(...old.childNodes);
    old.replaceWith(made);
  }
}
