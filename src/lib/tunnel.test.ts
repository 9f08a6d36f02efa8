import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame, FrameReader, frameKinds } from '../../server/protocol/tunnel.ts';
import type { PageSocket } from './page-socket.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('the sockets of a page over HTTP', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.stubGlobal('window', new EventTarget());
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('send many quick keys in order, one batch in flight', async () => {
    const server = fakeServer();
    const socket = await opened(server, '/api/labs/a/terminals/1');
    const keys = Array.from({ length: 300 }, (_, index) => `${String(index)},`);
    for (const [index, key] of keys.entries()) {
      socket.send(new TextEncoder().encode(key));
      if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await vi.waitFor(() => expect(server.typed).toBe(keys.join('')));
    expect(server.mostAtOnce).toBe(1);
    expect(server.batches).toBeLessThan(keys.length);
  });

  it('send a batch again whose answer got lost', async () => {
    const server = fakeServer();
    const socket = await opened(server, '/api/labs/a/terminals/1');
    server.loseAnswers = 2;
    for (const key of 'once') {
      socket.send(new TextEncoder().encode(key));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await vi.waitFor(() => expect(server.typed).toBe('once'), 5000);
    expect(server.repeated).toBe(2);
  });

  it('are closed together when the tunnel ends, and open in a new one', async () => {
    const server = fakeServer();
    const sockets = [await opened(server, '/api/events'), await opened(server, '/api/x')];
    const closed = sockets.map((socket) => whenClosed(socket));
    server.end();
    await Promise.all(closed);
    await opened(server, '/api/events');
    expect(server.tunnels).toBe(2);
  });

  it('are closed by the server one by one, and let go of the tunnel with the last', async () => {
    const server = fakeServer();
    const first = await opened(server, '/api/events');
    const second = await opened(server, '/api/x');
    const closed = whenClosed(second);
    server.say(encodeFrame(2, frameKinds.close, '{}'));
    await closed;
    expect(first.readyState).toBe(1);
    first.close();
    await vi.waitFor(() => expect(server.aborted).toBe(true));
  });
});

async function opened(server: FakeServer, path: string): Promise<PageSocket> {
  vi.stubGlobal('fetch', server.fetch);
  const { openTunnelSocket } = await import('./tunnel.ts');
  const socket = openTunnelSocket(path);
  await new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()));
  return socket;
}

function whenClosed(socket: PageSocket): Promise<void> {
  return new Promise((resolve) => socket.addEventListener('close', () => resolve()));
}

type FakeServer = ReturnType<typeof fakeServer>;

/** Greets each channel, keeps what is typed, and takes batches as the real one does. */
function fakeServer() {
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  let next = 0;
  let atOnce = 0;
  const server = {
    ...{ typed: '', batches: 0, mostAtOnce: 0, loseAnswers: 0, repeated: 0, tunnels: 0 },
    aborted: false,
    say: (frame: Uint8Array) => stream?.enqueue(frame),
    end: () => stream?.close(),
    fetch: async (url: string, init: RequestInit): Promise<Response> => {
      if (url === '/api/tunnels') return openStream(init);
      server.mostAtOnce = Math.max(server.mostAtOnce, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      atOnce -= 1;
      server.batches += 1;
      const batch = Number(new URL(url, 'http://x').searchParams.get('batch'));
      if (batch === next) await takeBatch(init.body);
      else if (batch < next) server.repeated += 1;
      else return new Response(null, { status: 400 });
      if (server.loseAnswers-- > 0) throw new TypeError('network');
      return new Response(null, { status: 204 });
    },
  };
  const openStream = ({ signal }: RequestInit): Response => {
    server.tunnels += 1;
    next = 0;
    signal?.addEventListener('abort', () => (server.aborted = true));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (stream = controller),
    });
    stream?.enqueue(encodeFrame(0, frameKinds.ready, 'name'));
    return new Response(body);
  };
  const takeBatch = async (body: RequestInit['body']): Promise<void> => {
    next += 1;
    const bytes = body instanceof Blob ? await body.bytes() : new Uint8Array();
    for (const { channel, kind, payload } of new FrameReader().read(bytes)) {
      if (kind === frameKinds.open) server.say(encodeFrame(channel, frameKinds.text, '{}'));
      if (kind === frameKinds.bytes) server.typed += text(payload);
    }
  };
  return server;
}
