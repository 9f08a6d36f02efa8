import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../config.ts';
import type { Fixture } from '../testing/fixture.ts';
import { startFixture } from '../testing/fixture.ts';

const limited = { MODE: 'multi', RATE_LIMIT_PER_MINUTE: '2' };

describe('who is counted as one client', () => {
  it('is the address that connects, whatever it says about others', async () => {
    await using web = await startFixture({ env: limited });
    const codes = await ask(web, ['1.1.1.1', '2.2.2.2', '3.3.3.3']);
    expect(codes).toEqual([200, 200, 429]);
  });

  it('is the client that a trusted proxy names', async () => {
    await using web = await startFixture({ env: { ...limited, TRUST_PROXY: 'loopback' } });
    expect(await ask(web, ['1.1.1.1', '2.2.2.2', '3.3.3.3'])).toEqual([200, 200, 200]);
    expect(await ask(web, ['1.1.1.1', '1.1.1.1'])).toEqual([200, 429]);
  });

  it('is not what the client itself put into the header before the proxy', async () => {
    await using web = await startFixture({ env: { ...limited, TRUST_PROXY: 'loopback' } });
    const codes = await ask(web, ['6.6.6.1, 9.9.9.9', '6.6.6.2, 9.9.9.9', '127.0.0.1, 9.9.9.9']);
    expect(codes).toEqual([200, 200, 429]);
  });

  it('is the address that connects, if that is no trusted proxy', async () => {
    await using web = await startFixture({ env: { ...limited, TRUST_PROXY: '10.0.0.0/8' } });
    expect(await ask(web, ['1.1.1.1', '2.2.2.2', '3.3.3.3'], '11.0.0.1')).toEqual([200, 200, 429]);
    expect(await ask(web, ['1.1.1.1', '2.2.2.2', '3.3.3.3'], '10.1.2.3')).toEqual([200, 200, 200]);
  });
});

describe.each(['off', 'loopback'])('headers of a proxy, with TRUST_PROXY=%s', (TRUST_PROXY) => {
  it('make no other host or scheme of a request', async () => {
    await using web = await startFixture({ env: { MODE: 'multi', TRUST_PROXY } });
    const forwarded = { 'x-forwarded-host': 'localhost', 'x-forwarded-proto': 'https' };
    const rebound = await get(web, { host: 'evil.example.com', ...forwarded });
    expect(rebound.statusCode).toBe(421);
    const foreign = await get(web, {
      origin: 'http://evil.example.com',
      'x-forwarded-host': 'evil.example.com',
    });
    expect(foreign.statusCode).toBe(403);
    const plain = await get(web, { host: 'localhost', ...forwarded });
    expect(plain.cookies[0]?.['secure']).toBeUndefined();
    expect(plain.headers['strict-transport-security']).toBeUndefined();
  });

  it('open the metrics to nobody', async () => {
    await using web = await startFixture({ env: { TRUST_PROXY } });
    const answer = await web.app.inject({
      ...{ url: '/metrics', remoteAddress: '10.0.0.2' },
      headers: { 'x-forwarded-for': '127.0.0.1' },
    });
    expect(answer.statusCode).toBe(404);
  });
});

describe('a site behind TLS', () => {
  it('has secure cookies and tells browsers to stay with TLS', async () => {
    const env = { MODE: 'multi', PUBLIC_URL: 'https://labs.example.org', TRUST_PROXY: 'loopback' };
    await using web = await startFixture({
      env: { ...env, OPERATOR_TOKEN: 'a-token-of-some-length' },
    });
    const host = 'labs.example.org';
    const answer = await get(web, { host, origin: 'https://labs.example.org' });
    expect(answer.cookies[0]).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict' });
    expect(answer.headers['strict-transport-security']).toContain('max-age=31536000');
    const operator = await web.app.inject({
      ...{ method: 'POST', url: '/api/operator/session', headers: { host } },
      payload: { token: 'a-token-of-some-length' },
    });
    expect(operator.cookies[0]).toMatchObject({ secure: true, httpOnly: true });
  });
});

describe('TRUST_PROXY', () => {
  it.each(['true', '*', '1', '10.0.0.0/33', 'proxy.example.org', '10.0.0.1,x', '::/129'])(
    'is not %s',
    (TRUST_PROXY) => {
      expect(() => loadConfig({ TRUST_PROXY })).toThrow(ConfigError);
      expect(() => loadConfig({ TRUST_PROXY })).toThrow(/TRUST_PROXY/);
    },
  );

  it.each([
    ['', false],
    ['off', false],
    ['loopback', 'loopback'],
    ['10.0.0.1, fd00::/8', ['10.0.0.1', 'fd00::/8']],
  ])('may be %s', (TRUST_PROXY, trustProxy) => {
    expect(loadConfig({ TRUST_PROXY })).toMatchObject({ trustProxy });
  });
});

function get(web: Fixture, headers: Record<string, string>) {
  return web.app.inject({ url: '/api/scenarios', headers });
}

async function ask(
  web: Fixture,
  forwardedFor: string[],
  remoteAddress = '127.0.0.1',
): Promise<number[]> {
  const codes: number[] = [];
  for (const address of forwardedFor) {
    const headers = { 'x-forwarded-for': address };
    const answer = await web.app.inject({ url: '/api/health', headers, remoteAddress });
    codes.push(answer.statusCode);
  }
  return codes;
}
