/** Which headers go through a preview, in both directions. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { passCookie } from './passes.ts';
import { learnerCookieName, operatorCookieName } from './site-cookies.ts';

/** They are about one connection, and each side of a proxy has its own (RFC 9110, 7.6.1). */
const hopByHop = [
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];
/** They would outlive the preview in the browser, or change how it reaches other hosts of ours. */
const notFromLab = ['strict-transport-security', 'alt-svc', 'public-key-pins', 'expect-ct'];

export function requestHeaders(
  headers: IncomingHttpHeaders,
  siteProtocol: string,
): OutgoingHttpHeaders {
  const passed = withoutHopByHop(headers);
  const cookie = withoutOwnCookies(headers.cookie ?? '');
  delete passed['cookie'];
  if (cookie !== '') passed['cookie'] = cookie;
  passed['x-forwarded-proto'] = siteProtocol;
  passed['x-forwarded-host'] = headers.host;
  return passed;
}

export interface ResponseContext {
  /** Where the preview lives. */
  origin: string;
  port: number;
}

export function responseHeaders(
  headers: IncomingHttpHeaders,
  { origin, port }: ResponseContext,
): OutgoingHttpHeaders {
  const passed = withoutHopByHop(headers);
  for (const name of notFromLab) delete passed[name];
  const cookies = headers['set-cookie']?.filter((cookie) => !isOwn(cookie)).map(hostOnly);
  if (cookies) passed['set-cookie'] = cookies;
  if (headers.location !== undefined) passed['location'] = relocate(headers.location, origin, port);
  return passed;
}

function withoutHopByHop(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...hopByHop, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

function withoutOwnCookies(cookie: string): string {
  return cookie
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !isOwn(part))
    .join('; ');
}

function isOwn(cookie: string): boolean {
  const name = cookie.split('=', 1)[0]?.trim();
  return name === passCookie || name === learnerCookieName || name === operatorCookieName;
}

/** A cookie for a parent domain would reach the site or another lab's preview. */
function hostOnly(cookie: string): string {
  return cookie
    .split(';')
    .filter((part) => !/^\s*domain\s*=/i.test(part))
    .join(';');
}

/** An application that names itself by the port it knows is still meant to be this preview. */
function relocate(location: string, origin: string, port: number): string {
  const own = new RegExp(
    `^https?://(?:localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0)${port === 80 ? '(?::80)?' : `:${port}`}(?=[/?#]|$)`,
  );
  return location.replace(own, origin);
}
