// Ships to the browser.
import type { LabView } from '../../../server/protocol/api.ts';

/** What the parts of a lab's section share. */
export interface LabContext {
  scenario: string;
  title: string;
  root: HTMLElement;
  lab: () => LabView | undefined;
  attempt: (work: () => Promise<unknown>) => Promise<void>;
}
