// Ships to the browser.
/** Ports that listen in the lab; each opens as a preview on an origin of its own. */
import type { LabView } from '../../../server/protocol/api.ts';
import { element, icon } from '../../lib/dom.ts';
import { previewInTab } from '../../lib/preview.ts';
import { heading } from './lab-part.ts';

export function showPorts(
  box: HTMLElement,
  lab: LabView | undefined,
  attempt: (work: () => Promise<unknown>) => Promise<void>,
): void {
  const ports = lab?.ports ?? [];
  const key = `${lab?.id} ${ports.map(({ port }) => port).join()}`;
  if (box.dataset['key'] === key) return;
  box.dataset['key'] = key;
  box.hidden = ports.length === 0;
  if (!lab) return;
  box.replaceChildren(
    heading(box, 'Listening ports'),
    element(
      'ul',
      {},
      ...ports.map(({ port }) => {
        const button = element(
          'button',
          { type: 'button', class: 'button' },
          String(port),
          icon('out'),
        );
        button.setAttribute('aria-label', `Open port ${port} in a new tab`);
        button.addEventListener('click', () => void attempt(() => previewInTab(lab.id, port)));
        return element('li', {}, button);
      }),
    ),
  );
}
