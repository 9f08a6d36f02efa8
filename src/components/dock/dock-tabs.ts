// Ships to the browser.
/** Shows tabs and panes. Elements stay the same from one showing to the next, so that no click or focus is lost. */
import { element, icon, part } from '../../lib/dom.ts';
import type { TerminalTab } from './terminal-tab.ts';
import type { Terminals } from './terminals.ts';

/** More do not fit beside the tools with titles that tell them apart. */
const fewTabs = 1;

export function wireTabs(
  list: HTMLElement,
  act: { select: (number: number) => void; end: (number: number) => void },
): void {
  list.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const tab = event.target.closest<HTMLElement>('[role="tab"]');
    if (!tab) return;
    const number = Number(tab.dataset['number']);
    if (event.target.closest('.dock-tab-end')) act.end(number);
    else act.select(number);
  });
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Delete' && document.activeElement instanceof HTMLElement)
      return act.end(Number(document.activeElement.dataset['number']));
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
  list.dataset['tabs'] = String(tabs.length);
  list.dataset['many'] = String(tabs.length > fewTabs);
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
  const news = selected && button.getAttribute('aria-selected') !== 'true';
  button.setAttribute('aria-selected', String(selected));
  if (news) button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
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
      // A tab holds no buttons: the mark is for pointers, the key for keyboards and screen readers.
      'aria-keyshortcuts': 'Delete',
    },
    element('span', { class: 'dock-tab-number' }, String(number)),
    element('span', { class: 'dock-tab-title' }),
    endMark(),
  );
  const after = [...list.children].find(
    (other) => Number((other as HTMLElement).dataset['number']) > number,
  );
  list.insertBefore(button, after ?? null);
  return button;
}

function endMark(): HTMLElement {
  const mark = element('span', { class: 'dock-tab-end', title: 'End this terminal (Delete)' });
  mark.append(icon('close'));
  return mark;
}
