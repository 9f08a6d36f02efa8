// Ships to the browser.
/** The table of labs. Rows stay the same elements, so that the focus stays with its lab. */
import type { OperatorState } from '../../../server/protocol/operator.ts';
import { serverNow } from '../../lib/api.ts';
import { element, part } from '../../lib/dom.ts';
import { bytes, span } from './amounts.ts';

type Lab = OperatorState['labs'][number];

const over: readonly string[] = ['stopped', 'expired', 'failed'];

export function showLabs(root: HTMLElement, { labs }: OperatorState): void {
  const body = part(root, '[data-labs]', HTMLElement);
  const before = new Map(
    [...body.querySelectorAll<HTMLElement>('tr')].map((row) => [row.dataset['lab'], row]),
  );
  const sorted = [...labs].sort((a, b) => a.createdAt - b.createdAt);
  const rows = sorted.map((lab) => dress(before.get(lab.id) ?? makeRow(lab), lab));
  for (const row of before.values()) if (!rows.includes(row)) row.remove();
  rows.forEach((row, index) => {
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
  part(root, '[data-table]', HTMLElement).hidden = labs.length === 0;
  part(root, '[data-none]', HTMLElement).hidden = labs.length > 0;
  part(root, '[data-count]', HTMLElement).textContent = labs.length > 0 ? String(labs.length) : '';
}

const columns = ['Learner', 'State', 'Age', 'Left', 'Memory', 'Disk', 'Terminals', 'Last used'];

function makeRow(lab: Lab): HTMLElement {
  const name = element(
    'th',
    { scope: 'row' },
    element('a', { href: `/scenarios/${lab.scenario}/` }, lab.scenario),
    element('code', {}, lab.id),
  );
  const end = element(
    'button',
    {
      ...{ type: 'button', class: 'button', value: 'end', 'data-lab': lab.id },
      'aria-label': `End ${lab.scenario} of ${lab.owner}`,
    },
    'End …',
  );
  return element(
    'tr',
    { 'data-lab': lab.id },
    name,
    ...columns.map((label) => element('td', { 'data-label': label })),
    element('td', {}, end),
  );
}

function dress(row: HTMLElement, lab: Lab): HTMLElement {
  const values = valuesOf(lab);
  row.querySelectorAll<HTMLElement>('td[data-label]').forEach((cell, index) => {
    const value = values[index] ?? '';
    if (cell.textContent !== value) cell.textContent = value;
  });
  row.dataset['state'] = lab.state;
  row.title = lab.reason;
  part(row, 'button', HTMLButtonElement).hidden = over.includes(lab.state);
  return row;
}

function valuesOf(lab: Lab): string[] {
  const now = serverNow();
  const { usage } = lab;
  return [
    lab.owner,
    lab.solved ? `${lab.state}, solved` : lab.state,
    span(now - lab.createdAt),
    over.includes(lab.state) ? '–' : span(lab.expiresAt - now),
    usage ? `${bytes(usage.memory)} of ${bytes(usage.memoryMax)}` : '–',
    usage ? `${bytes(usage.disk)} of ${bytes(usage.diskMax)}` : '–',
    String(lab.terminals),
    over.includes(lab.state) ? '–' : `${span(now - lab.activeAt)} ago`,
  ];
}
