import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { frameText } from '../../agent-client/index.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';
import { previewTarget } from './preview-host.ts';

describe('a preview', () => {
  it('opens with a one-time token that becomes a cookie of its host alone', async () => {
    await using site = await started();
    const url = new URL((await post(site, `/api/labs/${site.id}/previews/8080`)).url);
    expect(url.host).toBe(`8080-${site.id}.localhost:${site.port}`);
    const opened = await ask(site, url.pathname + url.search, { host: url.host });
    expect(opened.status).toBe(303);
    const cookie = opened.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^drydock_preview=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    expect(
      (await ask(site, '/hello?x=1', { host: url.host, cookie: cookie.split(';')[0] ?? '' })).body,
    ).toBe('GET /hello?x=1 ');
    expect((await ask(site, url.pathname + url.search, { host: url.host })).status).toBe(403);
  });

  it.each([
    ['/health?deep=1', '/health?deep=1'],
    ['//evil.example.com/x', '/x'],
    ['https://evil.example.com/x', '/x'],
    ['/.//evil.example.com', '/evil.example.com'],
    ['/\\evil.example.com', '/'],
    ['/a\r\nset-cookie: a=1', '/aset-cookie:%20a=1'],
  ])('opens at %j of its own host', async (to, location) => {
    await using site = await started();
    const url = new URL((await post(site, `/api/labs/${site.id}/previews/8080`)).url);
    url.searchParams.set('to', to);
    const { headers } = await ask(site, url.pathname + url.search, { host: url.host });
    expect(headers.location).toBe(location);
  });

  it('passes bodies and the application’s own cookies, and none of the site’s', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 8080);
    const headers = {
      host,
      cookie: `a=1; ${cookie}; drydock_learner=secret; b=2`,
      te: 'trailers',
      'x-own': 'yes',
    };
    const answer = await ask(site, '/form', headers, 'x'.repeat(300_000));
    expect(answer.body).toBe(`POST /form ${'x'.repeat(300_000)}`);
    expect(site.seen.at(-1)).toMatchObject({
      cookie: 'a=1; b=2',
      'x-own': 'yes',
      host,
      'x-forwarded-proto': 'http',
    });
    expect(site.seen.at(-1)).not.toHaveProperty('te');
  });

  it('lets the application set no cookie beyond its host', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 8080);
    const answer = await ask(site, '/cookies', { host, cookie });
    expect(answer.headers['set-cookie']).toEqual(['own=1; Path=/', 'wide=1; Path=/']);
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
    expect(answer.headers['location']).toBe(`http://${host}/next?q=1`);
  });

  it('carries WebSockets', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 8080);
    const socket = new WebSocket(`ws://127.0.0.1:${site.port}/ws`, {
      headers: { host, cookie, origin: `http://${host}` },
    });
    await once(socket, 'open');
    socket.send('ping');
    const echo: unknown[] = await once(socket, 'message');
    expect(String(echo[0])).toBe('echo ping');
    socket.close();
  });

  it('says so when nothing listens', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 9999);
    const answer = await ask(site, '/', { host, cookie });
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('Nothing listens on port 9999');
  });

  it('says so when the published port leads to a service that is gone', async () => {
    await using site = await started();
    site.web.agent.ports.set(8080, await portWith((socket) => socket.destroy()));
    const { host, cookie } = await pass(site, 8080);
    const answer = await ask(site, '/', { host, cookie });
    expect(answer.body).toContain('Nothing listens on port 8080');
    expect(answer.body).toContain('http-equiv="refresh"');
  });

  it('says so when what listens does not speak HTTP', async () => {
    await using site = await started();
    site.web.agent.ports.set(8080, await portWith((socket) => socket.end('-ERR unknown\r\n')));
    const { host, cookie } = await pass(site, 8080);
    expect((await ask(site, '/', { host, cookie })).body).toContain('No answer in HTTP');
  });

  it('is refused without a pass, with one of another port, and to another site', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 8080);
    const other = await pass(site, 9999);
    expect((await ask(site, '/', { host })).status).toBe(403);
    expect((await ask(site, '/', { host, cookie: other.cookie })).status).toBe(403);
    expect((await ask(site, '/', { host, cookie: `${cookie}x` })).status).toBe(403);
    expect(
      (
        await ask(site, '/', {
          host,
          cookie,
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'no-cors',
        })
      ).status,
    ).toBe(403);
    expect(
      (
        await ask(site, '/', {
          host,
          cookie,
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
        })
      ).status,
    ).toBe(200);
    const socket = new WebSocket(`ws://127.0.0.1:${site.port}/ws`, {
      headers: { host, cookie, origin: 'http://evil.example.com' },
    });
    const error: unknown[] = await once(socket, 'error');
    expect(String(error[0])).toContain('403');
  });

  it('never answers with the API or the site', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 8080);
    expect((await ask(site, '/api/labs', { host, cookie })).body).toBe('GET /api/labs ');
    expect((await ask(site, '/api/labs', { host })).body).not.toContain(site.id);
    expect((await ask(site, '/api/labs', { host: `x.localhost:${site.port}` })).status).toBe(421);
  });

  it('ends with its lab', async () => {
    await using site = await started();
    const { host, cookie } = await pass(site, 8080);
    await site.web.services.sessions.destroy(site.id);
    expect((await ask(site, '/', { host, cookie })).status).toBe(404);
  });
});

describe('previewTarget', () => {
  it.each([
    ['8080-labaaaaaaaaa.localhost', { port: 8080, lab: 'labaaaaaaaaa' }],
    ['0-labaaaaaaaaa.localhost', undefined],
    ['65536-labaaaaaaaaa.localhost', undefined],
    ['8080-lab.localhost', undefined],
    ['8080-labaaaaaaaaa.example.org', undefined],
    ['a.8080-labaaaaaaaaa.localhost', undefined],
    ['localhost', undefined],
  ])('reads %s', (name, target) => {
    expect(previewTarget(name, 'localhost')).toEqual(target);
  });
});

interface Site extends AsyncDisposable {
  web: Fixture;
  port: number;
  id: string;
  /** Headers of the requests that reached the application. */
  seen: IncomingHttpHeaders[];
}

async function started(): Promise<Site> {
  const port = await freePort();
  const web = await startFixture({ env: { PORT: String(port) } });
  await web.app.listen({ host: '127.0.0.1', port });
  const { id } = await web.services.sessions.create('local', scenario);
  await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('ready'));
  const seen: IncomingHttpHeaders[] = [];
  const inner = application(seen);
  await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
  web.agent.ports.set(8080, portOf(inner));
  return {
    ...{ web, port, id, seen },
    [Symbol.asyncDispose]: async () => {
      await web[Symbol.asyncDispose]();
      inner.closeAllConnections();
      inner.close();
    },
  };
}

function application(seen: IncomingHttpHeaders[]): Server {
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (request.url === '/cookies') {
      response.setHeader('set-cookie', [
        'own=1; Path=/',
        'wide=1; Domain=localhost; Path=/',
        'drydock_learner=me',
      ]);
      response.setHeader('strict-transport-security', 'max-age=1');
      response.setHeader('location', 'http://localhost:8080/next?q=1');
    }
    void text(request).then((body) => response.end(`${request.method} ${request.url} ${body}`));
  });
  new WebSocketServer({ server, path: '/ws' }).on('connection', (socket) => {
    socket.on('message', (data) => socket.send(`echo ${frameText(data)}`));
  });
  return server;
}

/** A port of this machine that answers every connection so; it ends with the test's process. */
async function portWith(answer: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer(answer).unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function pass(site: Site, port: number): Promise<{ host: string; cookie: string }> {
  const url = new URL((await post(site, `/api/labs/${site.id}/previews/${port}`)).url);
  const opened = await ask(site, url.pathname + url.search, { host: url.host });
  return { host: url.host, cookie: opened.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

async function post(site: Site, path: string): Promise<{ url: string }> {
  return (await site.web.app.inject({ method: 'POST', url: path })).json();
}

async function ask(site: Site, path: string, headers: Record<string, string>, body?: string) {
  const method = body === undefined ? 'GET' : 'POST';
  const request = httpRequest({ host: '127.0.0.1', port: site.port, path, method, headers });
  request.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  );
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const port = portOf(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
