// Ships to the browser.
/** The server in a few figures. */
import type { OperatorState } from '../../../server/protocol/operator.ts';
import { element } from '../../lib/dom.ts';
import { bytes } from './amounts.ts';

export function showFacts(box: HTMLElement, state: OperatorState): void {
  const facts = factsOf(state);
  const key = JSON.stringify(facts);
  if (box.dataset['shown'] === key) return;
  box.dataset['shown'] = key;
  box.replaceChildren(
    ...facts.map(([name, value, more]) =>
      element(
        'div',
        {},
        element('dt', {}, name),
        element('dd', {}, value, more !== '' && element('span', { class: 'quiet' }, more)),
      ),
    ),
  );
}

type Fact = [name: string, value: string, more: string];

function factsOf({ labHost, labs, pool, queued, version }: OperatorState): Fact[] {
  const running = labs.filter(({ state }) => state === 'ready' || state === 'checking').length;
  const asleep = labs.filter(({ state }) => state === 'paused').length;
  const { facts } = labHost;
  return [
    ['Labs of learners', String(running), `running, ${String(asleep)} asleep`],
    ['Waiting in line', String(queued), ''],
    ['Room for', facts ? `${String(facts.free)} more` : '–', facts ? roomText(facts) : ''],
    [
      'Ready ahead',
      `${String(pool.blank.ready)} + ${String(pool.broken.ready)}`,
      `blank and broken, of ${String(pool.blank.wanted)} + ${String(pool.broken.wanted)}`,
    ],
    [
      'Free',
      facts ? bytes(facts.memoryFree) : '–',
      facts ? `memory, ${bytes(facts.diskFree)} disk` : '',
    ],
    ['Lab host', labHost.up ? 'up' : 'away', facts ? hostText(facts) : labHost.reason],
    ['Version', version, ''],
  ];
}

type Facts = NonNullable<OperatorState['labHost']['facts']>;

function roomText({ limitedBy }: Facts): string {
  return `then short of ${limitedBy}`;
}

function hostText({ kind, engine, cgroup, ownUsers }: Facts): string {
  const users = ownUsers ? 'a user range for each lab' : 'one user range for all labs';
  return `${kind}, engine ${engine}, cgroup ${cgroup}, ${users}`;
}
