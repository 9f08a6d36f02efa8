// Ships to the browser.
/** Counts down to the end of the lab, and warns once when little is left. */
import type { LabView } from '../../../server/protocol/api.ts';
import { serverNow } from '../../lib/api.ts';
import { announce } from '../../lib/announce.ts';
import { part } from '../../lib/dom.ts';
import type { State } from '../../lib/store.ts';
import { timeLeft } from '../../lib/time.ts';
import { isUp, type LabContext } from './lab-part.ts';

const soonMs = 5 * 60_000;

export class LabClock {
  readonly #line: HTMLElement;
  #lab: LabView | undefined;
  #warned = false;

  constructor({ root }: LabContext, signal: AbortSignal) {
    this.#line = part(root, '[data-time]', HTMLElement);
    const timer = setInterval(() => this.#tick(), 1000);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  show(_state: State, lab: LabView | undefined): void {
    this.#lab = lab;
    this.#tick();
  }

  #tick(): void {
    const runs = this.#lab && isUp(this.#lab);
    this.#line.hidden = !runs;
    if (!runs || !this.#lab) return;
    const left = this.#lab.expiresAt - serverNow();
    this.#line.textContent = `${timeLeft(left)} left`;
    this.#line.classList.toggle('soon', left < soonMs);
    if (left >= soonMs) this.#warned = false;
    else if (!this.#warned) {
      this.#warned = true;
      announce(`The lab ends in ${timeLeft(left)}.`);
    }
  }
}
