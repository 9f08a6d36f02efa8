// Ships to the browser.
/**
 * Links that a lab prints. Their address is the lab's word: only web addresses, only after the reader has seen the whole
 * address and said yes (Ctrl-click skips the question where the text is the address itself).
 */
import { ask } from '../../lib/ask.ts';

export async function openLink(event: MouseEvent, address: string, textIsAddress: boolean): Promise<void> {
  const url = webAddress(address);
  if (!url) return;
  const meant = textIsAddress && (event.ctrlKey || event.metaKey);
  if (!meant && !(await ask({ ...question, quote: url }))) return;
  window.open(url, '_blank', 'noopener,noreferrer');
}

const question = {
  title: 'Open this address?',
  text: 'The lab printed it. It opens in a new tab, outside the lab.',
  yes: 'Open',
};

function webAddress(address: string): string | undefined {
  const url = URL.parse(address);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined;
}
