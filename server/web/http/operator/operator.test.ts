import { describe, expect, it, vi } from 'vitest';
import { labViewSchema } from '../../../protocol/api.ts';
import { operatorStateSchema } from '../../../protocol/operator.ts';
import type { Fixture } from '../../testing/fixture.ts';
import { scenario, startFixture } from '../../testing/fixture.ts';

const token = 'a-token-of-some-length';
const withToken = { MODE: 'multi', OPERATOR_TOKEN: token };

describe('who may operate', () => {
  it('is whoever is there, in local mode', async () => {
    await using web = await startFixture();
    expect((await get(web)).statusCode).toBe(200);
  });

  it('is nobody in multi mode without a token, and there is no page', async () => {
    const files = { 'dist/operator/index.html': 'the page', 'dist/404.html': 'not here' };
    await using web = await startFixture({ env: { MODE: 'multi' }, files });
    expect((await get(web)).statusCode).toBe(404);
    expect((await signIn(web, '')).statusCode).toBe(404);
    for (const url of [
      '/operator/',
      '/operator',
      '/%6fperator/',
      '//operator/',
      '/./operator/index.html',
    ])
      expect((await web.app.inject({ url })).body, url).not.toContain('the page');
    await using open = await startFixture({ env: withToken, files });
    expect((await open.app.inject({ url: '/operator/' })).body).toBe('the page');
  });

  it('is who has signed in with the token, by a cookie that says nothing of it', async () => {
    await using web = await startFixture({ env: withToken });
    expect((await get(web)).json()).toMatchObject({ error: { code: 'operator_only' } });
    expect((await signIn(web, 'a-token-of-some-lengtj')).statusCode).toBe(403);
    const answer = await signIn(web, token);
    const cookie = answer.cookies[0];
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api/operator' });
    expect(JSON.stringify(answer.headers)).not.toContain(token);
    const signedIn = { cookie: `drydock_operator=${cookie?.value}` };
    expect((await get(web, signedIn)).json()).toMatchObject({ signedIn: true });
    for (const forged of [`${Date.now() + 1e6}.${cookie?.value.split('.')[1]}`, 'x', ''])
      expect((await get(web, { cookie: `drydock_operator=${forged}` })).statusCode).toBe(401);
    vi.useFakeTimers({ now: Date.now() + 13 * 3600_000, toFake: ['Date'] });
    expect((await get(web, signedIn)).statusCode).toBe(401);
    vi.useRealTimers();
  });

  it('is no more who signed in with a token that was changed since', async () => {
    const web = await startFixture({ env: withToken });
    const value = (await signIn(web, token)).cookies[0]?.value;
    await using changed = await web.restart('test', { OPERATOR_TOKEN: 'another-token-of-length' });
    expect((await get(changed, { cookie: `drydock_operator=${value}` })).statusCode).toBe(401);
  });

  it('is who sends the token itself, for tools', async () => {
    await using web = await startFixture({ env: withToken });
    expect((await get(web, { authorization: `Bearer ${token}` })).statusCode).toBe(200);
    expect((await get(web, { authorization: 'Bearer a-token-of-some-lengtj' })).statusCode).toBe(
      401,
    );
  });

  it('is not who guesses: ten tries a minute from one address', async () => {
    await using web = await startFixture({ env: withToken });
    const codes: number[] = [];
    for (let tries = 0; tries < 12; tries += 1)
      codes.push((await signIn(web, `guess-number-${tries}-of-many`)).statusCode);
    expect(codes.slice(0, 10).every((code) => code === 403)).toBe(true);
    expect(codes.slice(10)).toEqual([429, 429]);
  });

  it('is not another site', async () => {
    await using web = await startFixture();
    const origin = 'http://evil.example.com';
    expect((await get(web, { origin })).statusCode).toBe(403);
    expect((await post(web, '/drain', { on: true }, { origin })).statusCode).toBe(403);
    expect(web.services.drain.on()).toBe(false);
  });
});

describe('the operator', () => {
  it('sees every lab with what it uses, and no learner’s id', async () => {
    await using web = await startFixture({ env: withToken });
    const lab = await web.services.sessions.create('a-learners-own-secret-id', scenario);
    await isReady(web, lab.id);
    const answer = await get(web, { authorization: `Bearer ${token}` });
    expect(operatorStateSchema.parse(answer.json())).toMatchObject({
      labs: [{ id: lab.id, scenario, state: 'ready', usage: { memory: 1, disk: 5 } }],
      labHost: { up: true, facts: { free: 9, limitedBy: 'memory' } },
    });
    expect(answer.body).not.toContain('a-learners-own');
  });

  it('still sees the labs while the lab host is away', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    await web.agent[Symbol.asyncDispose]();
    expect((await get(web)).json()).toMatchObject({ labs: [{ id }], labHost: { up: false } });
  });

  it('ends a lab: the learner reads why, and can reset it', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    expect((await post(web, `/labs/${id}/end`, { message: 'We move house.' })).statusCode).toBe(
      200,
    );
    expect(web.agent.labs.size).toBe(0);
    const text = 'The operator ended this lab: We move house.';
    expect(web.services.sessions.book.get(id)).toMatchObject({ phase: 'stopped', reason: text });
    expect(web.events).toContainEqual({ type: 'message', id, level: 'warning', text });
    expect((await post(web, `/labs/${id}/end`, {})).statusCode).toBe(404);
    await web.app.inject({ method: 'POST', url: `/api/labs/${id}/reset` });
    await isReady(web, id);
  });
});

describe('a server that drains', () => {
  it('makes no lab, not from the pool either, and says what to do', async () => {
    await using web = await startFixture({ env: { POOL_BLANK: '1' } });
    web.services.sessions.beat();
    await web.services.sessions.poolSettled();
    expect((await post(web, '/drain', { on: true })).json()).toEqual({ draining: true });
    const answer = await web.app.inject({
      method: 'POST',
      url: '/api/labs',
      payload: { scenario },
    });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ error: { code: 'draining' } });
    expect(web.services.sessions.book.all()).toEqual([]);
    const health = await web.app.inject({ url: '/api/health' });
    expect([health.statusCode, health.json()]).toMatchObject([
      200,
      { draining: true, status: 'ok' },
    ]);
    expect(web.events).toContainEqual({ type: 'server', draining: true });
  });

  it('fills its pool no more', async () => {
    await using web = await startFixture({ env: { POOL_BLANK: '2' } });
    web.services.drain.set(true);
    web.services.sessions.beat();
    await web.services.sessions.poolSettled();
    expect(web.agent.labs.size).toBe(0);
    web.services.drain.set(false);
    web.services.sessions.beat();
    await web.services.sessions.poolSettled();
    expect(web.agent.labs.size).toBe(2);
  });

  it('lets labs that run go on, reset too, and keeps the places in the queue', async () => {
    await using web = await startFixture({ env: { MAX_LABS: '1', LABS_PER_LEARNER: '3' } });
    const { id } = await ready(web);
    const queued = await web.services.sessions.create('local', scenario);
    web.services.drain.set(true);
    await web.services.sessions.reset(id);
    await isReady(web, id);
    await web.services.sessions.destroy(id);
    web.services.sessions.beat();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(web.services.sessions.book.get(queued.id)?.phase).toBe('queued');
    await expect(web.services.sessions.create('local', scenario)).rejects.toThrow('no new labs');
    web.services.drain.set(false);
    web.services.sessions.beat();
    await isReady(web, queued.id);
  });

  it('drains on after a restart, until another version starts', async () => {
    const web = await startFixture();
    web.services.drain.set(true);
    const again = await web.restart();
    expect(again.services.drain.on()).toBe(true);
    await using newer = await again.restart('test-2');
    expect(newer.services.drain.on()).toBe(false);
    expect((await newer.app.inject({ url: '/api/health' })).json()).toMatchObject({
      draining: false,
    });
  });
});

type Headers = Record<string, string>;

function get(web: Fixture, headers: Headers = {}) {
  return web.app.inject({ url: '/api/operator', headers });
}

function post(web: Fixture, path: string, payload: object, headers: Headers = {}) {
  return web.app.inject({ method: 'POST', url: `/api/operator${path}`, payload, headers });
}

function signIn(web: Fixture, given: string) {
  return post(web, '/session', { token: given });
}

async function ready(web: Fixture): Promise<{ id: string }> {
  const answer = await web.app.inject({ method: 'POST', url: '/api/labs', payload: { scenario } });
  const { id } = labViewSchema.parse(answer.json());
  await isReady(web, id);
  return { id };
}

async function isReady(web: Fixture, id: string): Promise<void> {
  await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('ready'));
}
