// Ships to the browser.
/** Addresses of the lab in its ticket: while a lab runs they open the preview of their port, else they are code to read. */
import type { LabView } from '../../../server/protocol/api.ts';
import { element } from '../../lib/dom.ts';
import { localAddress, localPort } from '../../lib/local-address.ts';
import { previewInTab } from '../../lib/preview.ts';
import type { State } from '../../lib/store.ts';
import { isUp, type LabContext } from './lab-part.ts';

export class LabAddresses {
  readonly #context: LabContext;
  #live = false;

  constructor(context: LabContext) {
    this.#context = context;
    context.root.addEventListener('click', (event) => {
      const button = event.target instanceof Element && event.target.closest('.lab-address');
      const url = button ? localAddress(button.textContent.trim()) : undefined;
      if (url) void context.attempt(() => this.#open(url));
    });
  }

  show(state: State, lab: LabView | undefined): void {
    const live = state.server === 'online' && lab !== undefined && isUp(lab);
    if (live === this.#live) return;
    this.#live = live;
    for (const code of this.#context.root.querySelectorAll('.brief :not(pre) > code')) {
      const text = code.textContent;
      if (!localAddress(text)) continue;
      code.replaceChildren(
        live
          ? element(
              'button',
              { type: 'button', class: 'lab-address', title: 'Open it as a preview' },
              text,
            )
          : text,
      );
    }
  }

  async #open(url: URL): Promise<void> {
    const lab = this.#context.lab();
    const port = localPort(url);
    if (!lab || port === undefined) return;
    if (lab.ports.some((open) => open.port === port))
      return previewInTab(lab.id, port, url.pathname + url.search);
    this.#context.say(`Nothing listens on port ${port} of the lab now.`);
  }
}
