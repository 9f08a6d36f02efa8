// Ships to the browser.
/** Ticks: shows each check's status, what was seen and wanted, and says aloud what changed. */
import type { LabView } from '../../../server/protocol/api.ts';
import type { CheckResult } from '../../../server/protocol/verdict.ts';
import { announce } from '../../lib/announce.ts';
import { element, icon, part } from '../../lib/dom.ts';
import { showTicks } from '../../lib/ticks.ts';

const words = {
  goal: { pass: 'passes', fail: 'not yet', unknown: 'cannot be asked' },
  guard: { pass: 'holds', fail: 'broken', unknown: 'cannot be asked' },
} as const;

export function showChecks(root: HTMLElement, lab: LabView | undefined): void {
  const results = new Map(lab?.verdict?.checks.map((check) => [check.id, check]));
  for (const item of root.querySelectorAll<HTMLElement>('[data-check]')) {
    showCheck(item, results.get(item.dataset['check'] ?? ''));
  }
  showCounts(root, lab?.verdict?.checks ?? []);
  showTicks(part(root, '[data-ticks]', HTMLAnchorElement), lab?.verdict?.checks ?? []);
  showSolved(root, lab);
}

function showCheck(item: HTMLElement, check: CheckResult | undefined): void {
  const before = item.dataset['status'];
  const status = check?.status ?? 'unasked';
  const kind = item.dataset['kind'] === 'guard' ? 'guard' : 'goal';
  if (before !== status) {
    item.dataset['status'] = status;
    item.querySelector('.icon')?.replaceWith(icon(`${kind}-${check?.status ?? 'unknown'}`));
    part(item, '.check-word', HTMLElement).textContent = check ? words[kind][check.status] : '';
    // The first verdict is the scenario as it was broken; only what changes later is news.
    if (check && before !== 'unasked') say(kind, check);
  }
  showDetail(part(item, '.check-detail', HTMLElement), check);
}

function say(kind: 'goal' | 'guard', check: CheckResult): void {
  const name = kind === 'goal' ? 'Goal' : 'Guard';
  const news = { pass: 'now passes', fail: 'no longer holds', unknown: 'cannot be asked now' };
  announce(`${name} “${check.title}” ${news[check.status]}.`);
}

function showDetail(box: HTMLElement, check: CheckResult | undefined): void {
  const key = check ? `${check.status}\n${check.seen}\n${check.wanted}` : '';
  if (box.dataset['key'] === key) return;
  box.dataset['key'] = key;
  box.hidden = !check || (check.seen === '' && check.wanted === '');
  if (!check) return box.replaceChildren();
  box.replaceChildren(
    element(
      'dl',
      {},
      ...line('seen', check.seen),
      ...(check.status === 'pass' ? [] : line('wanted', check.wanted)),
    ),
  );
}

function line(name: string, text: string): HTMLElement[] {
  return text ? [element('dt', {}, name), element('dd', {}, text)] : [];
}

function showCounts(root: HTMLElement, checks: CheckResult[]): void {
  for (const count of root.querySelectorAll<HTMLElement>('[data-count]')) {
    const those = checks.filter((check) => check.kind === count.dataset['count']);
    const passed = those.filter((check) => check.status === 'pass').length;
    count.textContent = those.length > 0 ? `${passed} of ${those.length}` : '';
  }
}

function showSolved(root: HTMLElement, lab: LabView | undefined): void {
  const box = part(root, '[data-solved]', HTMLElement);
  const solved = lab?.solved ?? false;
  if (box.hidden === !solved) return;
  box.hidden = !solved;
  if (!lab || !solved) return;
  const held =
    lab.verdict?.held === true
      ? 'It still stood after the restart.'
      : 'Every goal and guard passes.';
  part(box, '[data-held]', HTMLElement).textContent = held;
  announce(`Solved. ${held}`);
}
