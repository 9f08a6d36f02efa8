// Ships to the browser.
import type { LabView } from '../../../server/protocol/api.ts';
import { element } from '../../lib/dom.ts';

/** What the parts of a lab's section share. */
export interface LabContext {
  scenario: string;
  title: string;
  root: HTMLElement;
  lab: () => LabView | undefined;
  attempt: (work: () => Promise<unknown>) => Promise<void>;
  /** Says something in the bar until the lab's state changes. */
  say: (text: string) => void;
}

/** It has a machine that can be worked in. */
export function isUp({ state }: LabView): boolean {
  return state === 'ready' || state === 'checking' || state === 'paused';
}

/** A part's heading, one step below what stands over the lab: it may be a page of its own or a part of a lesson. */
export function heading(inside: HTMLElement, text: string): HTMLElement {
  return element(inside.closest('.embedded') ? 'h4' : 'h2', {}, text);
}
