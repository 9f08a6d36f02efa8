/** What a preview shows when it cannot show the lab's own page. */
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export interface PreviewPage {
  status: number;
  title: string;
  text: string;
  /** Seconds after which it tries again by itself. */
  again?: number;
}

export const pages = {
  noLab: {
    status: 404,
    title: 'This lab is not there',
    text: 'It has ended, or was never yours. Open previews from the page of your lab.',
  },
  noPass: {
    status: 403,
    title: 'Open this from your lab',
    text: 'A preview opens from the list of ports on the page of its lab. The link works once.',
  },
  foreign: {
    status: 403,
    title: 'Another site asked for this',
    text: 'Previews answer only to themselves. Open it from the page of its lab.',
  },
  down: {
    status: 503,
    title: 'The lab host does not answer',
    text: 'This page tries again by itself.',
    again: 5,
  },
} as const satisfies Record<string, PreviewPage>;

export function nothingListens(port: number): PreviewPage {
  const text = `Port ${port} of the lab takes no connection. Start something there, or publish it; this page tries again by itself.`;
  return { status: 502, title: `Nothing listens on port ${port}`, text, again: 3 };
}

export function badAnswer(port: number): PreviewPage {
  return {
    status: 502,
    title: 'No answer in HTTP',
    text: `Something listens on port ${port} of the lab, but did not answer as a web server does.`,
  };
}

export function labUnavailable(reason: string): PreviewPage {
  return {
    status: 503,
    title: 'The lab is not ready',
    text: `${reason} This page tries again by itself.`,
    again: 5,
  };
}

export function sendPage(response: ServerResponse, page: PreviewPage): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(page.status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
  response.end(html(page));
}

/** For a socket there is nobody to read a page. */
export function refuseUpgrade(socket: Duplex, { status }: PreviewPage): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  );
}

function html({ title, text, again }: PreviewPage): string {
  const refresh = again === undefined ? '' : `<meta http-equiv="refresh" content="${again}">`;
  const style =
    'body{font:1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${refresh}<title>${escape(title)}</title><style>${style}</style><h1>${escape(title)}</h1><p>${escape(text)}</p></html>\n`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
