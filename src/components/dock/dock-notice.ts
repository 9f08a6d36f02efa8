// Ships to the browser.
import type { LabView } from '../../../server/protocol/api.ts';

/** What to say over the terminals while they cannot be used as usual; empty otherwise. */
export function noticeOf({ state, reason }: LabView): string {
  switch (state) {
    case 'queued':
      return 'The lab waits for a place.';
    case 'creating':
    case 'breaking':
      return 'The lab is being made …';
    case 'paused':
      return 'Asleep. Any key wakes it.';
    case 'stopped':
      return `Stopped. ${reason} Reset it on its page.`;
    case 'ready':
    case 'checking':
    case 'expired':
    case 'failed':
      return '';
  }
}
