// Ships to the browser.
/**
 * Moving between pages replaces the main part and nothing else. Header, sidebar and terminal dock stay in the document
 * untouched: sockets stay open, the terminal keeps its screen, search and theme keep their state, and Starlight's own
 * scripts run once, as they expect to.
 */
import { swapFunctions } from 'astro:transitions/client';
import { element, part } from '../../lib/dom.ts';

const rootAttributes = ['lang', 'dir', 'data-has-toc', 'data-has-sidebar', 'data-has-hero'];

/** How long the message of a page that did not come stays. */
const faultMs = 8_000;

/** A page that cannot be fetched would be left to the browser, whose error page takes the terminal along. */
document.addEventListener('astro:before-preparation', (event) => {
  const load = event.loader;
  event.loader = async () => {
    await load();
    if (!event.defaultPrevented || event.signal.aborted || (await answers(event.to))) return;
    showFault();
    // The router goes to the address itself unless the next navigation has taken over.
    await aborted(event.signal);
  };
});

document.addEventListener('astro:before-swap', (event) => {
  const next = event.newDocument;
  const frame = document.querySelector('.main-frame');
  const nextFrame = next.querySelector('.main-frame');
  if (!frame || !nextFrame) return;
  event.swap = () => {
    swapFunctions.deselectScripts(next);
    swapRootAttributes(next.documentElement);
    swapFunctions.swapHeadElements(next);
    frame.replaceWith(nextFrame);
    markCurrent();
    tidy();
  };
});

document.addEventListener('astro:after-swap', () => {
  markCurrent();
  if (document.activeElement && document.activeElement !== document.body) return;
  const title = part(document, 'h1', HTMLElement);
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
});

function swapRootAttributes(next: Element): void {
  for (const name of rootAttributes) {
    const value = next.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
}

/** Marks the links to this page in header and sidebar, and opens their groups. */
function markCurrent(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('nav.sidebar a, .site-links a')) {
    const current = link.pathname === location.pathname;
    link.toggleAttribute('aria-current', current);
    if (!current) continue;
    link.setAttribute('aria-current', 'page');
    for (
      let group = link.closest('details');
      group;
      group = group.parentElement?.closest('details') ?? null
    ) {
      group.open = true;
    }
  }
}

function tidy(): void {
  document.querySelector<HTMLElement>('sl-sidebar-pane:popover-open')?.hidePopover();
  for (const announcer of document.querySelectorAll('.astro-route-announcer')) announcer.remove();
}

/** Whether there is anything at all at the address: a file that is no page, or an error of the server. */
async function answers(address: URL): Promise<boolean> {
  try {
    await fetch(address, { method: 'HEAD', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function showFault(): void {
  document.querySelector('.frame-fault')?.remove();
  const text = 'That page cannot be loaded: the server does not answer. You are still on this one.';
  const line = element('p', { class: 'frame-fault', role: 'alert' }, text);
  document.body.append(line);
  setTimeout(() => line.remove(), faultMs);
}
