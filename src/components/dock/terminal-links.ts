// Ships to the browser.
/**
 * Links that a lab prints. Their address is the lab's word: only web addresses, only at Ctrl-click, and where text and
 * address may differ only after the reader has seen the whole address and said yes. An address on the lab's own machine
 * is no use in this browser: if its port listens, the preview opens instead.
 */
import { Fault } from '../../lib/api.ts';
import { ask } from '../../lib/ask.ts';
import { localPort } from '../../lib/local-address.ts';
import { previewInTab } from '../../lib/preview.ts';
import { labById } from '../../lib/store.ts';
import { note } from './dock-events.ts';

/** A finger has no Ctrl: it is always asked. */
const coarse = matchMedia('(pointer: coarse)');

export interface PrintedLink {
  lab: string;
  address: string;
  /** The link's text is its address, as opposed to one that a program set (OSC 8). */
  plain: boolean;
}

export async function openLink(
  event: MouseEvent,
  { lab, address, plain }: PrintedLink,
): Promise<void> {
  const url = webAddress(address);
  const meant = event.ctrlKey || event.metaKey;
  if (!url || !(meant || coarse.matches)) return;
  const port = listeningPort(lab, url);
  if (port !== undefined) return preview(lab, port);
  if (!(meant && plain) && !(await ask({ ...question, quote: url.href }))) return;
  window.open(url, '_blank', 'noopener,noreferrer');
}

/** What to say of a link while the pointer is over it. */
export function linkHint(address: string): string {
  const url = webAddress(address);
  return url ? `${url.href}\nCtrl-click opens it` : '';
}

const question = {
  title: 'Open this address?',
  text: 'The lab printed it. It opens in a new tab, outside the lab.',
  yes: 'Open',
};

function webAddress(address: string): URL | undefined {
  const url = URL.parse(address);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}

function listeningPort(lab: string, url: URL): number | undefined {
  const port = localPort(url);
  return labById(lab)?.ports.find((open) => open.port === port)?.port;
}

async function preview(lab: string, port: number): Promise<void> {
  try {
    await previewInTab(lab, port);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    note(`${error.message} ${error.hint}`);
  }
}
