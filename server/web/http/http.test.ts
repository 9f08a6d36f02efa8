import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  apiErrorSchema,
  healthSchema,
  labViewSchema,
  scenarioSummarySchema,
  solutionSchema,
} from '../../protocol/api.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';

describe('the API', () => {
  it('goes from a scenario to a checked lab and back', async () => {
    await using web = await startFixture();
    const [summary] = z.array(z.unknown()).parse((await get(web, '/api/scenarios')).json());
    expect(scenarioSummarySchema.parse(summary)).toMatchObject({
      id: scenario,
      progress: 'new',
      hints: 3,
    });
    expect(JSON.stringify(summary)).not.toContain('resolves its names');

    const created = await post(web, '/api/labs', { scenario });
    expect(created.statusCode).toBe(201);
    const { id, url } = labViewSchema.parse(created.json());
    expect(url).toBe(`http://127.0.0.1:4400/scenarios/${scenario}/`);
    await isReady(web, id);
    expect((await get(web, `/api/scenarios/${scenario}`)).json()).toMatchObject({
      progress: 'started',
    });
    expect((await post(web, `/api/labs/${id}/check`)).json()).toMatchObject({
      scenario,
      solved: false,
    });
    expect((await post(web, `/api/labs/${id}/extend`)).statusCode).toBe(200);
    expect((await get(web, '/api/labs')).json()).toMatchObject([{ id, state: 'ready' }]);
    expect((await web.app.inject({ method: 'DELETE', url: `/api/labs/${id}` })).json()).toEqual({});
    expect((await get(web, `/api/labs/${id}`)).statusCode).toBe(404);
  });

  it('answers 202 with a place in the queue', async () => {
    await using web = await startFixture({ env: { MAX_LABS: '1' } });
    await post(web, '/api/labs', { scenario });
    const queued = await post(web, '/api/labs', { scenario });
    expect(queued.statusCode).toBe(202);
    expect(queued.json()).toMatchObject({ state: 'queued', position: 1 });
    expect(labViewSchema.parse(queued.json()).etaSeconds).toBeGreaterThan(0);
  });

  it.each([
    ['an unknown scenario', { scenario: 'images/none' }, 404, 'no_such_scenario'],
    ['a path', { scenario: '../etc' }, 400, 'bad_request'],
    ['a field too much', { scenario, seed: 1 }, 400, 'bad_request'],
    ['a body that is too large', { scenario: 'a'.repeat(20_000) }, 400, 'bad_request'],
  ])('refuses %s', async (_title, body, status, code) => {
    await using web = await startFixture();
    const answer = await post(web, '/api/labs', body);
    expect(answer.statusCode).toBe(status);
    expect(apiErrorSchema.parse(answer.json()).error.code).toBe(code);
  });

  it('says 503 and why when the lab host is away', async () => {
    await using web = await startFixture();
    await web.agent[Symbol.asyncDispose]();
    expect((await post(web, '/api/labs', { scenario })).json()).toMatchObject({
      error: { code: 'lab_host_down' },
    });
    expect((await get(web, '/api/health')).json()).toMatchObject({
      status: 'degraded',
      labHost: { up: false },
    });
  });

  it('says why labs do not start, until one does', async () => {
    await using web = await startFixture({ env: { POOL_BLANK: '1' } });
    web.agent.failNext('create', 'engine_timeout');
    await fill(web);
    const health = await get(web, '/api/health');
    expect(health.statusCode).toBe(200);
    expect(health.json()).toMatchObject({
      status: 'degraded',
      labHost: { up: true },
    });
    const { labHost } = healthSchema.parse(health.json());
    expect(labHost.reason).toMatch(/^Labs do not start: The lab's engine/);
    web.clock.now += 60_000;
    await fill(web);
    const better = healthSchema.parse((await get(web, '/api/health')).json());
    expect(better).toMatchObject({ status: 'ok', pool: { ready: 1 } });
    expect(better.labHost.reason).toBeUndefined();
  });

  it('is well when the machine is merely full', async () => {
    await using web = await startFixture({ env: { POOL_BLANK: '1' } });
    web.agent.failNext('create', 'lab_host_full');
    await fill(web);
    expect((await get(web, '/api/health')).json()).toMatchObject({ status: 'ok' });
  });

  it('is never met by a person, but has a limit', async () => {
    await using web = await startFixture({ env: { RATE_LIMIT_PER_MINUTE: '3' } });
    const codes: number[] = [];
    for (let i = 0; i < 5; i += 1) codes.push((await get(web, '/api/health')).statusCode);
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });
});

describe('what would spoil a scenario', () => {
  it('comes when it is due', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    expect((await get(web, `/api/labs/${id}/solution`)).json()).toMatchObject({
      error: { code: 'solution_not_due' },
    });
    expect((await get(web, `/api/labs/${id}/debrief`)).json()).toMatchObject({
      error: { code: 'debrief_not_due' },
    });
    for (let i = 0; i < 3; i += 1) await post(web, `/api/labs/${id}/hints`);
    expect((await get(web, `/api/labs/${id}/debrief`)).statusCode).toBe(403);
    const { scripts } = solutionSchema.parse((await get(web, `/api/labs/${id}/solution`)).json());
    expect(scripts).toEqual([
      { name: 'fix.sh', text: 'echo repaired\n' },
      { name: 'fix-other.sh', text: 'echo repaired otherwise\n' },
    ]);
    expect((await get(web, `/api/labs/${id}/debrief`)).body).toContain('<h1>What it was</h1>');
  });

  it('outlives the lab in which the scenario was solved', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    const debrief = `/api/scenarios/${scenario}/debrief`;
    expect((await get(web, debrief)).json()).toMatchObject({ error: { code: 'debrief_not_due' } });
    web.red.clear();
    await post(web, `/api/labs/${id}/check`);
    for (const end of ['reset', 'end']) {
      if (end === 'reset') await post(web, `/api/labs/${id}/reset`);
      else await web.app.inject({ method: 'DELETE', url: `/api/labs/${id}` });
      expect((await get(web, debrief)).body).toContain('<h1>What it was</h1>');
      const { scripts } = solutionSchema.parse(
        (await get(web, `/api/scenarios/${scenario}/solution`)).json(),
      );
      expect(scripts[0]?.name).toBe('fix.sh');
    }
    expect((await get(web, '/api/scenarios/images/none/debrief')).statusCode).toBe(404);
  });

  it('is in no answer before', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    for (const url of ['/api/scenarios', '/api/labs', `/api/labs/${id}`]) {
      expect((await get(web, url)).body).not.toMatch(
        /repaired|What it was|Compare the two networks/,
      );
    }
  });
});

describe('learners', () => {
  it('are told apart by a signed cookie, and see their own labs alone', async () => {
    await using web = await startFixture({ env: { MODE: 'multi' } });
    const first = await post(web, '/api/labs', { scenario });
    const cookie = first.cookies[0];
    expect(cookie).toMatchObject({
      name: 'drydock_learner',
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    });
    const { id } = labViewSchema.parse(first.json());
    const asFirst = { cookie: `drydock_learner=${cookie?.value}` };
    expect((await get(web, `/api/labs/${id}`, asFirst)).statusCode).toBe(200);
    expect((await get(web, `/api/labs/${id}`, asFirst)).cookies).toEqual([]);

    for (const stranger of [{}, { cookie: 'drydock_learner=somebody.forged' }]) {
      for (const url of ['', '/solution', '/debrief', '/events']) {
        const answer = await get(web, `/api/labs/${id}${url}`, stranger);
        expect(answer.statusCode).toBe(404);
        expect(answer.json()).toMatchObject({ error: { code: 'no_such_lab' } });
      }
      for (const url of ['/reset', '/extend', '/check', '/hints', '/previews/80']) {
        expect((await post(web, `/api/labs/${id}${url}`, undefined, stranger)).statusCode).toBe(
          404,
        );
      }
    }
  });

  it('are one in local mode', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    expect((await get(web, `/api/labs/${id}`, { cookie: 'drydock_learner=x' })).statusCode).toBe(
      200,
    );
  });
});

describe('hosts and origins', () => {
  it.each([
    'localhost',
    'localhost:9999',
    '127.0.0.1:4400',
    '[::1]:4400',
    'drydock.example.org',
    'LOCALHOST',
  ])('answers to %s', async (host) => {
    await using web = await startFixture({ env: { ALLOWED_HOSTS: 'drydock.example.org' } });
    expect((await get(web, '/api/health', { host })).statusCode).toBe(200);
  });

  it.each([
    'rebound.example.com',
    '127.0.0.1.example.com',
    'localhost.example.com',
    '10.0.0.1',
    'localhost@evil',
  ])('refuses the host %s with 421, pages too', async (host) => {
    await using web = await startFixture();
    for (const url of ['/api/health', '/'])
      expect((await get(web, url, { host })).statusCode).toBe(421);
  });

  it.each([
    ['another origin', { origin: 'http://evil.example.com' }],
    ['another port', { origin: 'http://localhost:81' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a preview', { origin: 'http://80-labaaaaaaaaa.localhost' }],
    ['another site without an origin', { 'sec-fetch-site': 'cross-site' }],
    ['the same site', { 'sec-fetch-site': 'same-site' }],
  ])('refuses %s', async (_title, headers) => {
    await using web = await startFixture();
    expect((await get(web, '/api/scenarios', headers)).statusCode).toBe(403);
    expect((await post(web, '/api/labs', { scenario }, headers)).statusCode).toBe(403);
    expect(web.agent.labs.size).toBe(0);
  });

  it.each([
    { origin: 'http://localhost' },
    { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' },
    {},
  ])('lets in the site’s own page and a tool: %j', async (headers) => {
    await using web = await startFixture();
    expect(
      (await post(web, '/api/labs', { scenario }, { host: 'localhost', ...headers })).statusCode,
    ).toBe(201);
  });

  it('takes nothing that changes from elsewhere without an origin', async () => {
    await using web = await startFixture();
    const answer = await web.app.inject({
      method: 'POST',
      url: '/api/labs',
      payload: { scenario },
      remoteAddress: '10.0.0.2',
    });
    expect(answer.statusCode).toBe(403);
  });
});

describe('the site', () => {
  const page =
    '<!doctype html><script>let a = 1</script><script src="/x.js"></script><script type="application/ld+json">{}</script>';

  it('has its inline scripts in its policy, and no other', async () => {
    const files = { 'dist/index.html': page, 'dist/two/index.html': '<script>let b = 2</script>' };
    await using web = await startFixture({ files });
    const policy = String((await get(web, '/')).headers['content-security-policy']);
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1];
    expect(scripts?.match(/'sha256-[^']+'/g)).toHaveLength(2);
    expect(scripts).toContain("'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='");
    expect(scripts).not.toContain('unsafe-inline');
  });

  it('is cached by its hashed names alone', async () => {
    const files = {
      'dist/index.html': page,
      'dist/_astro/a.Bx1.js': 'a()',
      'dist/404.html': 'Not here',
    };
    await using web = await startFixture({ files });
    expect((await get(web, '/_astro/a.Bx1.js')).headers['cache-control']).toContain('immutable');
    expect((await get(web, '/')).headers['cache-control']).toBe('no-cache');
    const missing = await get(web, '/nothing/');
    expect([missing.statusCode, missing.body]).toEqual([404, 'Not here']);
    expect((await get(web, '/api/nothing')).json()).toMatchObject({ error: { code: 'not_found' } });
  });

  it('says what to do when it is not built', async () => {
    await using web = await startFixture();
    const answer = await get(web, '/');
    expect([answer.statusCode, answer.body]).toEqual([503, expect.stringContaining('npm start')]);
  });

  it('gives no file outside of it', async () => {
    await using web = await startFixture({
      files: { 'dist/index.html': page, 'secret.txt': 'secret' },
    });
    for (const url of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt']) {
      expect((await get(web, url)).body).not.toContain('secret\n');
      expect((await get(web, url)).statusCode).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('metrics', () => {
  it('are for this machine, or who has the token', async () => {
    await using web = await startFixture({ env: { METRICS_TOKEN: 'a-long-enough-token' } });
    expect((await get(web, '/metrics')).body).toMatch(/drydock_lab_host\{what="up"\} 1/);
    const remote = (headers: Record<string, string>) =>
      web.app.inject({ url: '/metrics', remoteAddress: '10.0.0.2', headers });
    expect((await remote({})).statusCode).toBe(404);
    expect((await get(web, '/metrics', { 'x-forwarded-for': '1.2.3.4' })).statusCode).toBe(404);
    expect((await remote({ authorization: 'Bearer a-long-enough-tokem' })).statusCode).toBe(404);
    expect((await remote({ authorization: 'Bearer a-long-enough-token' })).statusCode).toBe(200);
  });
});

type Headers = Record<string, string>;

function get(web: Fixture, url: string, headers: Headers = {}) {
  return web.app.inject({ method: 'GET', url, headers });
}

function post(web: Fixture, url: string, payload?: object, headers: Headers = {}) {
  return web.app.inject({ method: 'POST', url, headers, ...(payload && { payload }) });
}

async function ready(web: Fixture): Promise<{ id: string }> {
  const { id } = labViewSchema.parse((await post(web, '/api/labs', { scenario })).json());
  await isReady(web, id);
  return { id };
}

async function isReady(web: Fixture, id: string): Promise<void> {
  await vi.waitFor(async () =>
    expect((await get(web, `/api/labs/${id}`)).json()).toMatchObject({ state: 'ready' }),
  );
}

async function fill(web: Fixture): Promise<void> {
  web.services.sessions.beat();
  await web.services.sessions.poolSettled();
}
