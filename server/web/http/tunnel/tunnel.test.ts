import { describe, expect, it, vi } from 'vitest';
import { encodeFrame, FrameReader, frameKinds } from '../../../protocol/tunnel.ts';
import type { Fixture } from '../../testing/fixture.ts';
import { scenario, startFixture } from '../../testing/fixture.ts';
import { closeCodes } from '../close-codes.ts';

describe('a tunnel', () => {
  it('carries events and a terminal, each in its channel', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    using page = await openTunnel(web);
    await page.send(open(1, '/api/events'), open(2, `/api/labs/${id}/terminals/1?cols=90&rows=20`));
    await vi.waitFor(() => expect(page.messages(1)[0]).toMatchObject({ type: 'labs' }));
    await vi.waitFor(() =>
      expect(page.messages(2)).toMatchObject([{ cols: 90 }, { type: 'live' }]),
    );
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await page.send(encodeFrame(2, frameKinds.bytes, everyByte));
    await vi.waitFor(() => expect([...page.bytes(2)]).toEqual([...everyByte]));
    await page.send(encodeFrame(1, frameKinds.text, JSON.stringify({ type: 'watch', labs: [id] })));
    await vi.waitFor(() => expect(web.services.sessions.notes.of(id).viewers).toBe(1));
  });

  it('takes each batch once, and none before its turn', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    using page = await openTunnel(web);
    const key = (letter: string) => encodeFrame(1, frameKinds.bytes, letter);
    expect(await page.post(0, open(1, `/api/labs/${id}/terminals/1`))).toBe(204);
    expect(await page.post(1, key('a'))).toBe(204);
    // Its answer got lost on the way: the page sends it again.
    expect(await page.post(1, key('a'))).toBe(204);
    expect(await page.post(2, key('b'), key('c'))).toBe(204);
    await vi.waitFor(() => expect(Buffer.from(page.bytes(1)).toString()).toBe('abc'));
    expect(await page.post(9, key('x'))).toBe(400);
    expect(await page.ended).toBe(true);
    expect(await page.post(3, key('d'))).toBe(404);
  });

  it.each([
    ['half a frame', Uint8Array.of(0, 1, 2, 0)],
    ['a kind that is none', Uint8Array.of(0, 1, 77, 0, 0, 0, 0)],
  ])('ends on %s', async (_title, batch) => {
    await using web = await listening();
    using page = await openTunnel(web);
    expect(await page.post(0, batch)).toBe(400);
    expect(await page.ended).toBe(true);
  });

  it.each([
    ['a lab that is not there', '/api/labs/nosuchlabaaa/terminals/1', 'no_such_lab'],
    ['a number out of range', '/api/labs/nosuchlabaaa/terminals/9', 'bad_request'],
    ['another route', '/api/labs', 'bad_request'],
    ['another host', 'http://elsewhere/api/events', 'bad_request'],
  ])('closes the channel for %s', async (_title, path, code) => {
    await using web = await listening();
    using page = await openTunnel(web);
    await page.send(open(1, path));
    await vi.waitFor(() => expect(page.closes(1)).toMatchObject([{ reason: code }]));
  });

  it('closes what the server closes, with the reason, and lives on', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    using page = await openTunnel(web);
    await page.send(open(1, `/api/labs/${id}/terminals/1`));
    await vi.waitFor(() => expect(page.messages(1)).toHaveLength(2));
    void web.services.sessions.reset(id);
    await vi.waitFor(() => expect(page.closes(1)).toMatchObject([{ code: closeCodes.labReset }]));
    await page.send(open(2, '/api/events'));
    await vi.waitFor(() => expect(page.messages(2)[0]).toMatchObject({ type: 'labs' }));
  });

  it('lets go of all that it carried when the page goes', async () => {
    await using web = await listening();
    const { id, agentId } = await ready(web);
    const page = await openTunnel(web);
    await page.send(open(1, '/api/events'), open(2, `/api/labs/${id}/terminals/1`));
    await page.send(encodeFrame(1, frameKinds.text, JSON.stringify({ type: 'watch', labs: [id] })));
    await vi.waitFor(() => expect(web.services.sessions.notes.of(id).viewers).toBe(1));
    await vi.waitFor(() => expect(page.messages(2)).toHaveLength(2));
    page[Symbol.dispose]();
    await vi.waitFor(() => expect(web.services.sessions.notes.of(id).viewers).toBe(0));
    const terminal = web.agent.terminals.get(`${agentId}/1`);
    await vi.waitFor(() => expect(terminal?.readyState).toBe(terminal?.CLOSED));
  });

  it('holds back a lab whose page does not read', async () => {
    await using web = await listening();
    const { id, agentId } = await ready(web);
    using page = await openTunnel(web);
    await page.send(open(1, `/api/labs/${id}/terminals/1`));
    await vi.waitFor(() => expect(page.messages(1)).toHaveLength(2));
    page.reading = false;
    const inner = web.agent.terminals.get(`${agentId}/1`);
    const chunk = Buffer.alloc(256 * 1024);
    const total = 200;
    for (let sent = 0; sent < total; sent += 1) inner?.send(chunk);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(inner?.bufferedAmount).toBeGreaterThan((total * chunk.length) / 2);
    page.reading = true;
    await vi.waitFor(() => expect(page.received(1)).toBe(total * chunk.length), 10_000);
  });

  it('says that the server restarts', async () => {
    const web = await listening();
    using page = await openTunnel(web);
    await page.send(open(1, '/api/events'));
    await vi.waitFor(() => expect(page.messages(1)).toHaveLength(1));
    await web[Symbol.asyncDispose]();
    expect(await page.ended).toBe(true);
    expect(page.closes(1)).toMatchObject([{ code: closeCodes.restart }]);
  });
});

describe('who may use a tunnel', () => {
  it('is not another site, nor who has no cookie', async () => {
    await using web = await listening({ MODE: 'multi' });
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${originOf(web)}/api/tunnels`, { method: 'POST', headers })).status;
    expect(await ask({ origin: 'http://evil.example.com' })).toBe(403);
    expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await ask({ origin: originOf(web) })).toBe(400);
  });

  it('is its own learner alone, who reaches own labs alone', async () => {
    await using web = await listening({ MODE: 'multi' });
    const [mine, theirs] = [await cookieOf(web), await cookieOf(web)];
    const { sessions } = web.services;
    const owner = decodeURIComponent(theirs).replace(/^drydock_learner=|\..*$/g, '');
    const lab = await sessions.create(owner, scenario);
    await vi.waitFor(() => expect(sessions.book.get(lab.id)?.phase).toBe('ready'));
    using page = await openTunnel(web, mine);
    await page.send(open(1, `/api/labs/${lab.id}/terminals/1`));
    await vi.waitFor(() => expect(page.closes(1)).toMatchObject([{ reason: 'no_such_lab' }]));
    expect(await page.post(1, open(2, '/api/events'), { cookie: theirs })).toBe(404);
    using own = await openTunnel(web, theirs);
    await own.send(open(1, `/api/labs/${lab.id}/terminals/1`));
    await vi.waitFor(() => expect(own.messages(1)).toHaveLength(2));
  });

  it('is not a page that opens them in a loop', async () => {
    await using web = await listening();
    const all = await Promise.all(Array.from({ length: 64 }, () => openTunnel(web)));
    const more = await fetch(`${originOf(web)}/api/tunnels`, { method: 'POST' });
    expect(more.status).toBe(429);
    for (const page of all) page[Symbol.dispose]();
  });
});

function open(channel: number, path: string): Uint8Array<ArrayBuffer> {
  return encodeFrame(channel, frameKinds.open, path);
}

async function listening(env: Record<string, string> = {}): Promise<Fixture> {
  const web = await startFixture({ env });
  await web.app.listen({ host: '127.0.0.1', port: 0 });
  return web;
}

function originOf(web: Fixture): string {
  const address = web.app.server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function cookieOf(web: Fixture): Promise<string> {
  const answer = await fetch(`${originOf(web)}/api/scenarios`);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function ready(web: Fixture): Promise<{ id: string; agentId: string }> {
  const { id } = await web.services.sessions.create('local', scenario);
  return vi.waitFor(() => {
    const agentId = web.services.sessions.book.get(id)?.agentId ?? null;
    if (web.services.sessions.book.get(id)?.phase !== 'ready' || agentId === null)
      throw new Error('not ready');
    return { id, agentId };
  });
}

type Frames = Uint8Array<ArrayBuffer>[];
type Headers = Record<string, string>;

/** A page's end of a tunnel, as simple as can be. */
async function openTunnel(web: Fixture, cookie = '') {
  const stop = new AbortController();
  const headers = { origin: originOf(web), cookie };
  const answer = await fetch(`${originOf(web)}/api/tunnels`, {
    ...{ method: 'POST', headers, signal: stop.signal },
  });
  const read: { channel: number; kind: number; payload: Uint8Array }[] = [];
  const page = {
    reading: true,
    ended: Promise.resolve(true),
    messages: (channel: number): unknown[] => texts(channel, frameKinds.text),
    closes: (channel: number): unknown[] => texts(channel, frameKinds.close),
    bytes: (channel: number): Uint8Array => Buffer.concat(of(channel, frameKinds.bytes)),
    received: (channel: number): number =>
      of(channel, frameKinds.bytes).reduce((sum, part) => sum + part.length, 0),
    post: async (batch: number, ...rest: (Uint8Array<ArrayBuffer> | Headers)[]) => {
      const frames = rest.filter((one) => one instanceof Uint8Array);
      const more = rest.filter((one): one is Headers => !(one instanceof Uint8Array));
      const [name] = of(0, frameKinds.ready).map((payload) => Buffer.from(payload).toString());
      const sent = await fetch(`${originOf(web)}/api/tunnels/${name}?batch=${batch}`, {
        method: 'POST',
        headers: Object.assign(
          { ...headers, 'content-type': 'application/octet-stream' },
          ...more,
        ) as Headers,
        body: new Blob(frames),
      });
      return sent.status;
    },
    send: async (...frames: Frames) => expect(await page.post(next++, ...frames)).toBe(204),
    [Symbol.dispose]: () => stop.abort(),
  };
  let next = 0;
  const of = (channel: number, kind: number) =>
    read
      .filter((frame) => frame.channel === channel && frame.kind === kind)
      .map(({ payload }) => payload);
  const texts = (channel: number, kind: number) =>
    of(channel, kind)
      .map((payload): unknown => JSON.parse(Buffer.from(payload).toString()))
      .filter((message) => JSON.stringify(message) !== '{"type":"beat"}');
  page.ended = (async () => {
    const reader = new FrameReader();
    const stream = answer.body?.getReader();
    for (;;) {
      const part: { done: boolean; value?: Uint8Array } | undefined = await stream?.read();
      if (!part?.value) return true;
      while (!page.reading) await new Promise((resolve) => setTimeout(resolve, 20));
      read.push(...reader.read(part.value));
    }
  })().catch(() => false);
  await vi.waitFor(() => expect(of(0, frameKinds.ready)).toHaveLength(1));
  return page;
}
