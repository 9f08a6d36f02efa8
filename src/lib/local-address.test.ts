import { describe, expect, it } from 'vitest';
import { localAddress, localPort, withoutLocalLinks } from './local-address.ts';

describe('localPort', () => {
  it.each([
    ['http://127.0.0.1:8080/health', 8080],
    ['http://localhost/', 80],
    ['https://[::1]/', 443],
    ['http://192.168.50.1:8080/', undefined],
    ['http://localhost.example.org/', undefined],
  ])('of %s is %s', (address, port) => {
    expect(localPort(new URL(address))).toBe(port);
  });
});

describe('localAddress', () => {
  it.each([
    'curl http://127.0.0.1/',
    'ftp://localhost/',
    'localhost:8080',
    'http://a.example/',
    '',
  ])('is none in %j', (text) => {
    expect(localAddress(text)).toBeUndefined();
  });
});

describe('withoutLocalLinks', () => {
  it('keeps links to other machines alone', () => {
    const other = '<a href="https://docs.docker.com/">docs</a>';
    expect(
      withoutLocalLinks(
        `<p>${other} (<a href="http://127.0.0.1:8080/">http://127.0.0.1:8080/</a>)</p>`,
      ),
    ).toBe(`<p>${other} (<code>http://127.0.0.1:8080/</code>)</p>`);
  });
});
