// Ships to the browser.
/** Where the dock is and how much of the window it takes; the page's layout follows by custom properties. */
import { icon, part } from '../../lib/dom.ts';
import type { Setup } from './dock-memory.ts';

/** Below this a terminal beside the text leaves neither enough room. */
const roomForTwo = matchMedia('(min-width: 60rem)');

export function onRoomChange(listener: () => void): void {
  roomForTwo.addEventListener('change', listener);
}

export const sideOf = (setup: Setup): Setup['side'] => (roomForTwo.matches ? setup.side : 'bottom');

export function placeDock(dock: HTMLElement, setup: Setup, open: boolean): void {
  const side = sideOf(setup);
  const root = document.documentElement;
  if (open) root.dataset['dock'] = side;
  else delete root.dataset['dock'];
  root.style.setProperty('--dock-right', `${setup.right}vw`);
  root.style.setProperty('--dock-bottom', `${setup.bottom}vh`);
  const grip = part(dock, '[data-grip]', HTMLElement);
  grip.setAttribute('aria-orientation', side === 'right' ? 'vertical' : 'horizontal');
  grip.setAttribute('aria-valuenow', String(Math.round(setup[side])));
  part(dock, '[value="side"]', HTMLElement).hidden = !roomForTwo.matches;
  dock
    .querySelector('[value="side"] .icon')
    ?.replaceWith(icon(side === 'right' ? 'bottom' : 'right'));
  part(dock, '[value="reader"]', HTMLElement).setAttribute('aria-pressed', String(setup.reader));
}
