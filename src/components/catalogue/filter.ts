// Ships to the browser.
/** The catalogue's filter; it is kept in the address, so that it can be linked and gone back to. */
import { part } from '../../lib/dom.ts';
import { hasWords } from '../../lib/search-text.ts';

const names = ['words', 'difficulty', 'tag', 'state'] as const;
type Wanted = Record<(typeof names)[number], string>;

class DrydockFilter extends HTMLElement {
  connectedCallback(): void {
    const form = part(this, 'form', HTMLFormElement);
    const query = new URLSearchParams(location.search);
    for (const name of names) field(form, name).value = query.get(name) ?? '';
    form.addEventListener('input', () => this.#apply(form));
    form.addEventListener('submit', (event) => event.preventDefault());
    this.hidden = false;
    this.#apply(form);
  }

  #apply(form: HTMLFormElement): void {
    const wanted = Object.fromEntries(
      names.map((name) => [name, field(form, name).value.trim()]),
    ) as Wanted;
    const rows = [...document.querySelectorAll<HTMLElement>('.scenario-row')];
    for (const row of rows) row.hidden = !fits(row, wanted);
    for (const group of document.querySelectorAll<HTMLElement>('.catalogue-chapter')) {
      group.hidden = !group.querySelector('.scenario-row:not([hidden])');
    }
    const shown = rows.filter((row) => !row.hidden).length;
    part(this, '[data-count]', HTMLElement).textContent = `${shown} of ${rows.length}`;
    remember(wanted);
  }
}

function fits(row: HTMLElement, wanted: Wanted): boolean {
  const { words = '', difficulty, tags = '' } = row.dataset;
  const state = row.querySelector<HTMLElement>('.scenario-state')?.dataset['state'];
  return (
    hasWords(words, wanted.words) &&
    (wanted.difficulty === '' || difficulty === wanted.difficulty) &&
    (wanted.tag === '' || tags.split(' ').includes(wanted.tag)) &&
    (wanted.state === '' || state === wanted.state)
  );
}

function field(form: HTMLFormElement, name: string): HTMLInputElement | HTMLSelectElement {
  const found = form.elements.namedItem(name);
  if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found;
  throw new Error(`The filter has no field ${name}.`);
}

function remember(wanted: Wanted): void {
  const query = new URLSearchParams(
    Object.entries(wanted).filter(([, value]) => value !== ''),
  ).toString();
  history.replaceState(history.state, '', query ? `?${query}` : location.pathname);
}

customElements.define('drydock-filter', DrydockFilter);
