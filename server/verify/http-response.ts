/** A raw HTTP/1.1 response as it came from a socket in a lab. */
import { Unaskable } from './unaskable.ts';

export interface RawResponse {
  status: number;
  /** Names in lower case; the last of several wins. */
  headers: Record<string, string>;
  body: Buffer;
}

const maxHeadBytes = 64 * 1024;
const maxHeaders = 200;

/** 100 Continue and its like come before the response itself; nobody needs many. */
const maxInterim = 5;

/** `bytes` is everything until the connection was closed. */
export function parseResponse(bytes: Buffer): RawResponse {
  let rest = bytes;
  for (let interim = 0; interim <= maxInterim; interim += 1) {
    const end = rest.subarray(0, maxHeadBytes).indexOf('\r\n\r\n');
    if (end < 0) throw new Unaskable('What answered does not speak HTTP.');
    const { status, headers } = parseHead(rest.subarray(0, end).toString('latin1'));
    rest = rest.subarray(end + 4);
    if (status >= 200) return { status, headers, body: bodyOf(headers, rest) };
  }
  throw new Unaskable('The answer never begins.');
}

export function parseHead(head: string): { status: number; headers: Record<string, string> } {
  const [first = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/\d(?:\.\d)? (\d{3})(?: |$)/.exec(first)?.[1]);
  if (Number.isNaN(status)) throw new Unaskable('What answered does not speak HTTP.');
  return { status, headers: parseHeaders(lines) };
}

function parseHeaders(lines: string[]): Record<string, string> {
  if (lines.length > maxHeaders)
    throw new Unaskable(`The answer has more than ${String(maxHeaders)} headers.`);
  const headers: [string, string][] = lines.map((line) => {
    const colon = line.indexOf(':');
    return colon < 0
      ? ['', '']
      : [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  // Object.fromEntries defines its keys, so `__proto__` is a key like any other.
  return Object.fromEntries(headers.filter(([name]) => name !== ''));
}

function bodyOf(headers: Record<string, string>, rest: Buffer): Buffer {
  if (/\bchunked\b/i.test(headers['transfer-encoding'] ?? '')) return joinChunks(rest);
  const length = Number(headers['content-length'] ?? rest.length);
  if (!(length <= rest.length)) throw new Unaskable('The answer was cut short.');
  return rest.subarray(0, length);
}

function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = /^([0-9a-f]{1,8})(?:;|$)/i.exec(
      bytes.subarray(at, Math.max(at, lineEnd)).toString('latin1'),
    )?.[1];
    if (lineEnd < 0 || size === undefined) throw new Unaskable('The answer was cut short.');
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(chunks);
    const start = lineEnd + 2;
    if (start + length > bytes.length) throw new Unaskable('The answer was cut short.');
    chunks.push(bytes.subarray(start, start + length));
    at = start + length + 2;
  }
}
