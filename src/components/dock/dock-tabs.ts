// Ships to the browser.
/** Shows tabs and panes. Elements stay the same from one showing to the next, so that no click or focus is lost. */
import { element, part } from '../../lib/dom.ts';
import type { TerminalTab } from './terminal-tab.ts';
import type { Terminals } from './terminals.ts';

export function wireTabs(list: HTMLElement, select: (number: number) => void): void {
  list.addEventListener('click', (event) => {
    const tab =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[role="tab"]') : null;
    if (tab) select(Number(tab.dataset['number']));
  });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    tabs.at((at + step) % tabs.length)?.focus();
  });
}

export function showTabs(list: HTMLElement, { tabs, panes }: Terminals): void {
  for (const old of list.querySelectorAll<HTMLElement>('[role="tab"]')) {
    if (!tabs.some(({ number }) => number === Number(old.dataset['number']))) old.remove();
  }
  for (const tab of tabs) showTab(list, tab, tab.number === panes[0]);
}

export function showPanes(box: HTMLElement, { tabs, panes }: Terminals): void {
  box.dataset['count'] = String(panes.length);
  for (const tab of tabs) {
    if (tab.element.parentElement !== box) box.append(tab.element);
    tab.element.hidden = !panes.includes(tab.number);
    tab.element.dataset['active'] = String(tab.number === panes[0]);
  }
}

function showTab(list: HTMLElement, tab: TerminalTab, selected: boolean): void {
  const button =
    list.querySelector<HTMLElement>(`[data-number="${tab.number}"]`) ?? makeTab(list, tab.number);
  button.setAttribute('aria-selected', String(selected));
  button.tabIndex = selected ? 0 : -1;
  const title = part(button, '.dock-tab-title', HTMLElement);
  if (title.textContent !== tab.title) title.textContent = tab.title;
}

function makeTab(list: HTMLElement, number: number): HTMLElement {
  const button = element(
    'button',
    {
      type: 'button',
      role: 'tab',
      class: 'dock-tab',
      id: `terminal-tab-${number}`,
      'aria-controls': `terminal-${number}`,
      'data-number': number,
    },
    element('span', { class: 'dock-tab-number' }, String(number)),
    element('span', { class: 'dock-tab-title' }),
  );
  const after = [...list.children].find(
    (other) => Number((other as HTMLElement).dataset['number']) > number,
  );
  list.insertBefore(button, after ?? null);
  return button;
}
