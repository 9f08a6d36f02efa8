// Ships to the browser.
/** Ticks: shows each check's status, what was seen and wanted, and says aloud what changed. */
import type { LabView } from '../../../server/protocol/api.ts';
import type { CheckResult } from '../../../server/protocol/verdict.ts';
import { announce } from '../../lib/announce.ts';
import { element, icon, part } from '../../lib/dom.ts';
import { isUp } from './lab-part.ts';
import { showTicks } from '../../lib/ticks.ts';

const words = {
  goal: { pass: 'passes', fail: 'not yet', unknown: 'cannot be asked' },
  guard: { pass: 'holds', fail: 'broken', unknown: 'cannot be asked' },
} as const;

export function showChecks(
  root: HTMLElement,
  lab: LabView | undefined,
  solvedBefore: boolean,
): void {
  // Of a machine that is off nothing is known, whatever was seen while it went down.
  const checks = lab && isUp(lab) ? (lab.verdict?.checks ?? []) : [];
  const results = new Map(checks.map((check) => [check.id, check]));
  for (const item of root.querySelectorAll<HTMLElement>('[data-check]')) {
    showCheck(item, results.get(item.dataset['check'] ?? ''));
  }
  showCounts(root, checks);
  showTicks(part(root, '[data-ticks]', HTMLAnchorElement), checks);
  showSolved(root, lab, solvedBefore);
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
  if (!text) return [];
  const long = text.length > shortChars || text.split('\n').length > shortLines;
  if (!long) return [element('dt', {}, name), element('dd', {}, text)];
  const shown = element('div', { class: 'check-cut' }, text);
  const more = element(
    'button',
    { type: 'button', class: 'check-more', 'aria-expanded': 'false' },
    'show all',
  );
  more.addEventListener('click', () => {
    const cut = shown.classList.toggle('check-cut');
    more.textContent = cut ? 'show all' : 'show less';
    more.setAttribute('aria-expanded', String(!cut));
  });
  return [element('dt', {}, name), element('dd', {}, shown, more)];
}

/** What five lines of the narrowest column hold; a longer text is cut until somebody wants all of it. */
const shortChars = 180;
const shortLines = 5;

function showCounts(root: HTMLElement, checks: CheckResult[]): void {
  for (const count of root.querySelectorAll<HTMLElement>('[data-count]')) {
    const those = checks.filter((check) => check.kind === count.dataset['count']);
    const passed = those.filter((check) => check.status === 'pass').length;
    count.textContent = those.length > 0 ? `${passed} of ${those.length}` : '';
  }
}

function showSolved(root: HTMLElement, lab: LabView | undefined, solvedBefore: boolean): void {
  const box = part(root, '[data-solved]', HTMLElement);
  const words = lab?.solved ? solvedNow(lab) : solvedBefore ? before : undefined;
  const key = words?.join(' ') ?? '';
  if (box.dataset['key'] === key) return;
  box.dataset['key'] = key;
  box.hidden = !words;
  if (!words) return;
  box.classList.toggle('before', words[0] !== 'Solved.');
  part(box, '[data-solved-word]', HTMLElement).textContent = words[0];
  part(box, '[data-held]', HTMLElement).textContent = words[1];
  if (lab?.solved) announce(key);
}

type Words = readonly [word: string, more: string];
const before: Words = ['Solved before.', 'Debrief and solution stay here.'];

function solvedNow({ verdict }: LabView): Words {
  if (verdict?.checks.some(({ status }) => status === 'fail'))
    return ['Solved before.', 'Something is broken again, the checks say what.'];
  const held = verdict?.held === true;
  return ['Solved.', held ? 'It still stood after the restart.' : 'Every goal and guard passes.'];
}
