// Ships to the browser.
/** One mark for each check, where the checks themselves are out of sight. */
import type { CheckResult } from '../../server/protocol/verdict.ts';
import { element, icon } from './dom.ts';

export function showTicks(box: HTMLAnchorElement, checks: readonly CheckResult[]): void {
  const key = checks.map(({ kind, status }) => `${kind}-${status}`).join(' ');
  if (box.dataset['key'] === key) return;
  box.dataset['key'] = key;
  box.hidden = checks.length === 0;
  const passed = checks.filter(({ status }) => status === 'pass').length;
  box.setAttribute('aria-label', `${passed} of ${checks.length} checks pass`);
  box.replaceChildren(
    ...checks.map(({ kind, status, title }) =>
      element(
        'span',
        { 'data-kind': kind, 'data-status': status, title },
        icon(`${kind}-${status}`),
      ),
    ),
  );
}
