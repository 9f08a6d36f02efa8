import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { frameText } from '../../agent-client/index.ts';
import type { PageEvent } from '../../protocol/api.ts';
import { pageEventSchema } from '../../protocol/api.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';
import { closeCodes } from './close-codes.ts';

const minuteMs = 60_000;

describe('the events socket', () => {
  it('begins with all labs and then says what changes', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const page = await openEvents(web);
    await vi.waitFor(() =>
      expect(page.events[0]).toMatchObject({ type: 'labs', labs: [{ id, state: 'ready' }] }),
    );
    await web.services.sessions.destroy(id);
    await vi.waitFor(() => expect(page.events.at(-1)).toEqual({ type: 'lab-gone', id }));
  });

  it('has watched labs judged, and kept awake', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const page = await openEvents(web);
    page.socket.send(JSON.stringify({ type: 'watch', labs: [id, 'somebodyelse'] }));
    await vi.waitFor(() => expect(page.events.some(({ type }) => type === 'verdict')).toBe(true));
    expect(web.services.sessions.notes.of(id).viewers).toBe(1);
    page.socket.close();
    await vi.waitFor(() => expect(web.services.sessions.notes.of(id).viewers).toBe(0));
  });

  it.each(['no json', '{"type":"watch"}', `{"type":"watch","labs":[${'"a",'.repeat(9000)}"a"]}`])(
    'closes on nonsense: %.20s',
    async (text) => {
      await using web = await listening();
      const page = await openEvents(web);
      page.socket.send(text);
      expect(await closing(page.socket)).toBe(closeCodes.policy);
    },
  );

  it.each([
    [{ origin: 'http://evil.example.com' }, 403],
    [{}, 403],
    [{ origin: 'http://evil.example.com', host: 'evil.example.com' }, 421],
  ])('refuses %j', async (headers, status) => {
    await using web = await listening();
    expect(await refusal(web, '/api/events', headers)).toBe(status);
  });

  it('wants a learner', async () => {
    await using web = await listening({ MODE: 'multi' });
    expect(await refusal(web, '/api/events', { origin: originOf(web) })).toBe(400);
  });
});

describe('a terminal', () => {
  it('carries frames both ways as they are', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const terminal = await openTerminal(web, id);
    await vi.waitFor(() => expect(terminal.texts).toHaveLength(2));
    expect(JSON.parse(terminal.texts[0] ?? '')).toMatchObject({
      type: 'replay',
      cols: 100,
      rows: 30,
    });
    terminal.socket.send(Buffer.from('ls\r'));
    await vi.waitFor(() => expect(Buffer.concat(terminal.bytes).toString()).toBe('ls\r'));
  });

  it('wakes the lab with the first key', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const terminal = await openTerminal(web, id);
    await vi.waitFor(() => expect(terminal.texts).toHaveLength(2));
    web.clock.now += 6 * minuteMs;
    web.services.sessions.beat();
    await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('paused'));
    terminal.socket.send(Buffer.from('x'));
    await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('ready'));
  });

  it('holds back a lab whose page does not read', async () => {
    await using web = await listening();
    const { id, agentId } = await ready(web);
    const terminal = await openTerminal(web, id);
    await vi.waitFor(() => expect(terminal.texts).toHaveLength(2));
    terminal.socket.pause();
    const inner = web.agent.terminals.get(`${agentId}/1`);
    const chunk = Buffer.alloc(256 * 1024);
    const total = 400;
    for (let sent = 0; sent < total; sent += 1) inner?.send(chunk);
    await sleep(500);
    // The kernel's buffers hold a few megabytes; the rest has not left the agent.
    expect(inner?.bufferedAmount).toBeGreaterThan((total * chunk.length) / 2);
    terminal.socket.resume();
    const received = () => terminal.bytes.reduce((sum, part) => sum + part.length, 0);
    await vi.waitFor(() => expect(received()).toBe(total * chunk.length), 5000);
  });

  it.each(['{"type":"resize","cols":0,"rows":1}', '{"type":"sudo"}', 'x'])(
    'closes on a message that is none: %s',
    async (text) => {
      await using web = await listening();
      const { id } = await ready(web);
      const { socket } = await openTerminal(web, id);
      socket.send(text);
      expect(await closing(socket)).toBe(closeCodes.policy);
    },
  );

  it('closes when the lab is reset, so that the page opens it anew', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const terminal = await openTerminal(web, id);
    await vi.waitFor(() => expect(terminal.texts).toHaveLength(2));
    void web.services.sessions.reset(id);
    expect(await closing(terminal.socket)).toBe(closeCodes.labReset);
  });

  it('is listed while it runs, whichever page opened it', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const list = async (): Promise<unknown> =>
      (await fetch(`${originOf(web)}/api/labs/${id}/terminals`)).json();
    expect(await list()).toEqual({ terminals: [] });
    await openTerminal(web, id, 3);
    await openTerminal(web, id, 1);
    await vi.waitFor(async () => expect(await list()).toEqual({ terminals: [1, 3] }));
  });

  it('says why it cannot be opened', async () => {
    await using web = await listening({ MAX_LABS: '1' });
    await ready(web);
    const queued = await web.services.sessions.create('local', scenario);
    const terminal = await openTerminal(web, queued.id);
    expect(await closing(terminal.socket)).toBe(closeCodes.labUnavailable);
    expect(JSON.parse(terminal.texts[0] ?? '')).toMatchObject({
      type: 'error',
      message: 'The lab is not ready for that.',
    });
  });

  it('is refused for a lab that is not there, a number out of range and a foreign page', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const own = { origin: originOf(web) };
    expect(await refusal(web, '/api/labs/nosuchlabaaa/terminals/1', own)).toBe(404);
    expect(await refusal(web, `/api/labs/${id}/terminals/9`, own)).toBe(400);
    expect(
      await refusal(web, `/api/labs/${id}/terminals/1`, { origin: 'http://evil.example.com' }),
    ).toBe(403);
  });

  it('is refused when a page opens them in a loop', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    const open = await Promise.all(Array.from({ length: 64 }, () => openTerminal(web, id)));
    const path = `/api/labs/${id}/terminals/1`;
    expect(await refusal(web, path, { origin: originOf(web) })).toBe(429);
    open[0]?.socket.close();
    await vi.waitFor(async () =>
      expect((await openTerminal(web, id)).socket.readyState).toBe(WebSocket.OPEN),
    );
  });

  it('hears that the server restarts', async () => {
    const web = await listening();
    const { id } = await ready(web);
    const terminal = await openTerminal(web, id);
    await vi.waitFor(() => expect(terminal.texts).toHaveLength(2));
    const closed = closing(terminal.socket);
    await web[Symbol.asyncDispose]();
    expect(await closed).toBe(closeCodes.restart);
  });
});

describe('the event stream for tools', () => {
  it('names its events state, verdict, hint, message', async () => {
    await using web = await listening();
    const { id } = await ready(web);
    using stop = abortable();
    const answer = await fetch(`${originOf(web)}/api/labs/${id}/events`, { signal: stop.signal });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const names: string[] = [];
    void (async () => {
      for await (const chunk of answer.body ?? [])
        names.push(
          ...(Buffer.from(chunk)
            .toString()
            .match(/(?<=^event: ).*/gm) ?? []),
        );
    })().catch(() => undefined);
    await vi.waitFor(() => expect(names).toContain('verdict'));
    expect(names[0]).toBe('state');
    await web.services.verdicts.hint(id);
    await vi.waitFor(() => expect(names).toContain('hint'));
  });
});

async function listening(env: Record<string, string> = {}): Promise<Fixture> {
  const web = await startFixture({ env });
  await web.app.listen({ host: '127.0.0.1', port: 0 });
  return web;
}

function originOf(web: Fixture): string {
  const address = web.app.server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
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

function open(
  web: Fixture,
  path: string,
  headers: Record<string, string> = { origin: originOf(web) },
): WebSocket {
  return new WebSocket(`${originOf(web).replace('http', 'ws')}${path}`, {
    headers,
    perMessageDeflate: false,
  });
}

async function openEvents(web: Fixture): Promise<{ socket: WebSocket; events: PageEvent[] }> {
  const socket = open(web, '/api/events');
  const events: PageEvent[] = [];
  socket.on('message', (data) => events.push(pageEventSchema.parse(JSON.parse(frameText(data)))));
  await once(socket, 'open');
  return { socket, events };
}

async function openTerminal(
  web: Fixture,
  id: string,
  n = 1,
): Promise<{ socket: WebSocket; texts: string[]; bytes: Buffer[] }> {
  const socket = open(web, `/api/labs/${id}/terminals/${n}?cols=100&rows=30`);
  const texts: string[] = [];
  const bytes: Buffer[] = [];
  socket.binaryType = 'nodebuffer';
  socket.on('message', (data, isBinary) => {
    if (isBinary && Buffer.isBuffer(data)) bytes.push(data);
    else texts.push(frameText(data));
  });
  await once(socket, 'open');
  return { socket, texts, bytes };
}

function refusal(
  web: Fixture,
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = open(web, path, headers);
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    socket.on('open', () => reject(new Error('it was let in')));
    socket.on('error', () => undefined);
  });
}

async function closing(socket: WebSocket): Promise<unknown> {
  const values: unknown[] = await once(socket, 'close');
  return values[0];
}

function abortable(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
}
