import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verifier } from './index.ts';
import { folderLab, type FakeLab } from './testing/fake-lab.ts';
import { bodyOf, reasonOf, testVerifier } from './testing/with-verifier.ts';

const ping = { kind: 'docker', path: '/_ping' } as const;
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK';

describe.skipIf(process.getuid?.() !== 0)("a lab's engine", () => {
  let verifier: Verifier;
  beforeAll(() => {
    verifier = testVerifier();
  });
  afterAll(() => {
    verifier[Symbol.dispose]();
  });

  it('is asked once, and its bytes come back as they are', async () => {
    const requests: string[] = [];
    await using lab = await labWithEngine('root/run/docker.sock', (socket) => {
      socket.once('data', (chunk) => {
        requests.push(String(chunk));
        socket.end(answer);
      });
    });
    expect(bodyOf(await verifier.ask(lab.handles, ping))).toBe(answer);
    expect(requests).toEqual(['GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n']);
  });

  it('is not one outside the lab, by whatever link', async () => {
    let calls = 0;
    await using lab = await labWithEngine('outside/docker.sock', (socket) => {
      calls += 1;
      socket.end(answer);
    });
    symlinkSync('../../outside/docker.sock', join(lab.root, 'run/docker.sock'));
    expect(reasonOf(await verifier.ask(lab.handles, ping))).toBe('absent');
    await using other = folderLab();
    symlinkSync(lab.outside, join(other.root, 'run'));
    expect(reasonOf(await verifier.ask(other.handles, ping))).toBe('absent');
    expect(calls).toBe(0);
  });

  it('is refused where there is none', async () => {
    await using lab = labWithRun();
    expect(reasonOf(await verifier.ask(lab.handles, ping))).toBe('absent');
    writeFileSync(join(lab.root, 'run/docker.sock'), '');
    expect(reasonOf(await verifier.ask(lab.handles, ping))).toBe('refused');
  });

  it('that says nothing is left in time', async () => {
    await using lab = await labWithEngine('root/run/docker.sock', () => undefined);
    const begin = performance.now();
    expect(reasonOf(await verifier.ask(lab.handles, { ...ping, timeoutMs: 300 }))).toBe('timeout');
    // Sooner than the agent's own patience, which is for a helper that does not keep the time.
    expect(performance.now() - begin).toBeLessThan(1_500);
  });

  it('that never ends is cut off at 4 MiB', async () => {
    await using lab = await labWithEngine('root/run/docker.sock', (socket) => {
      const shout = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(64 * 1024, 'x')));
        socket.once('drain', shout);
      };
      shout();
    });
    expect(reasonOf(await verifier.ask(lab.handles, { ...ping, timeoutMs: 5_000 }))).toBe(
      'too-large',
    );
  });

  it('is hung up on when the asker has gone', async () => {
    const connected = Promise.withResolvers<Socket>();
    await using lab = await labWithEngine('root/run/docker.sock', connected.resolve);
    const asker = new AbortController();
    const asked = verifier.ask(lab.handles, { ...ping, timeoutMs: 10_000 }, asker.signal);
    const socket = await connected.promise;
    const closed = once(socket.resume(), 'end');
    const begin = performance.now();
    asker.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    await closed;
    expect(performance.now() - begin).toBeLessThan(700);
  });

  it('is followed until the follower leaves', async () => {
    const connected = Promise.withResolvers<Socket>();
    await using lab = await labWithEngine('root/run/docker.sock', connected.resolve);
    const events = verifier.engineEvents(lab.handles);
    const heard: string[] = [];
    events.on('data', (chunk) => heard.push(String(chunk)));
    const socket = await connected.promise;
    const request = await new Promise((resolve) => socket.once('data', resolve));
    expect(String(request)).toMatch(/^GET \/events\?filters=/);
    socket.write('one');
    await expect.poll(() => heard.join('')).toBe('one');
    const closed = once(socket, 'end');
    events.destroy();
    await closed;
  });

  it('that goes away ends its events', async () => {
    await using lab = await labWithEngine('root/run/docker.sock', (socket) =>
      setTimeout(() => socket.end('x'), 50),
    );
    const events = verifier.engineEvents(lab.handles);
    events.resume();
    await once(events, 'close');
    const failed = verifier.engineEvents({ ...lab.handles, rootFd: lab.handles.netFd });
    await expect(once(failed, 'close')).rejects.toThrow('unavailable');
  });
});

function labWithRun(): FakeLab {
  const lab = folderLab();
  mkdirSync(join(lab.root, 'run'));
  return lab;
}

/** Something listens at a path beside or in the lab's root, as long as the lab lives. */
async function labWithEngine(
  path: string,
  onConnection: (socket: Socket) => void,
): Promise<FakeLab> {
  const lab = labWithRun();
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(join(lab.root, '..', path));
  await once(server, 'listening');
  return {
    ...lab,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await lab[Symbol.asyncDispose]();
    },
  };
}
