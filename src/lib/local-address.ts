// Ships to the browser.
/** Addresses that mean the machine they are read on: in a ticket or a terminal that is the lab, in the browser it is not. */

const localNames = ['localhost', '127.0.0.1', '0.0.0.0', '[::1]'];

/** Undefined for any other address. */
export function localPort(url: URL): number | undefined {
  if (!localNames.includes(url.hostname)) return undefined;
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** The address that a text consists of, if it is a web address of the lab itself. */
export function localAddress(text: string): URL | undefined {
  if (!/^https?:\/\/\S+$/.test(text)) return undefined;
  const url = URL.parse(text) ?? undefined;
  return url && localPort(url) !== undefined ? url : undefined;
}

/** Links to the reader's own machine become code: Markdown makes links of whatever looks like an address. */
export function withoutLocalLinks(html: string): string {
  return html.replaceAll(
    /<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs,
    (link, href: string, text: string) => (localAddress(href) ? `<code>${text}</code>` : link),
  );
}
