import { describe, expect, it } from 'vitest';
import { parseResponse } from './http-response.ts';
import { Unaskable } from './unaskable.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('a raw response', () => {
  it('has a status, headers in lower case and a body', () => {
    const parsed = parseResponse(
      bytes('HTTP/1.1 404 Not Found\r\nContent-Type: a:b\r\nContent-Length: 2\r\n\r\nhi there'),
    );
    expect(parsed).toEqual({
      status: 404,
      headers: { 'content-type': 'a:b', 'content-length': '2' },
      body: bytes('hi'),
    });
  });

  it('may come in chunks, after a word in between, or until the end', () => {
    const text = `HTTP/1.1 100 Continue\r\n\r\n${chunked}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n`;
    expect(parseResponse(bytes(text)).body.toString()).toBe('abcde');
    expect(parseResponse(bytes('HTTP/1.0 200 OK\r\n\r\nrest')).body.toString()).toBe('rest');
  });

  it('with a header named like a part of every object keeps to itself', () => {
    const { headers } = parseResponse(
      bytes('HTTP/1.1 200 OK\r\n__proto__: evil\r\nconstructor: evil\r\n\r\n'),
    );
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(Object.keys(headers)).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['nothing', ''],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100_000)}`],
    ['too many headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(300)}\r\n`],
    ['a status that is no number', 'HTTP/1.1 2x0 OK\r\n\r\n'],
    ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nshort'],
    ['a chunk cut short', `${chunked}ff\r\nabc`],
    ['a chunk of a size that is none', `${chunked}-1\r\nabc\r\n`],
    ['a chunk of a size beyond all', `${chunked}ffffffffff\r\nabc\r\n`],
    ['chunks without an end', `${chunked}1\r\nx\r\n`],
    ['words in between for ever', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(150_000)],
  ])('is refused where it is %s', (_, text) => {
    expect(() => parseResponse(bytes(text))).toThrow(Unaskable);
  });
});
