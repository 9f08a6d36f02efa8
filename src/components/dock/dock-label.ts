// Ships to the browser.
/** Whose terminals these are: the scenario's title, and its checks at a glance where the page's own are out of sight. */
import type { LabView, ScenarioSummary } from '../../../server/protocol/api.ts';
import { checksId } from '../../lib/checks-id.ts';
import { part } from '../../lib/dom.ts';
import { showTicks } from '../../lib/ticks.ts';

export function showLabel(
  root: HTMLElement,
  { scenario, verdict }: LabView,
  course: readonly ScenarioSummary[],
): void {
  const page = `/scenarios/${scenario}/`;
  const title = course.find(({ id }) => id === scenario)?.title ?? scenario;
  const elsewhere = isElsewhere(scenario);
  const link = part(root, '[data-lab]', HTMLAnchorElement);
  link.href = page;
  link.title = title;
  link.textContent = elsewhere ? `Terminal of: ${title}` : title;
  link.classList.toggle('elsewhere', elsewhere);
  const ticks = part(root, '[data-ticks]', HTMLAnchorElement);
  ticks.href = `${page}#${checksId(scenario)}`;
  showTicks(ticks, verdict?.checks ?? []);
}

/** Whether the page is about other scenarios than this one: what is typed here changes nothing there. */
function isElsewhere(scenario: string): boolean {
  const here = [...document.querySelectorAll<HTMLElement>('drydock-lab')];
  return here.length > 0 && !here.some((lab) => lab.dataset['scenario'] === scenario);
}
