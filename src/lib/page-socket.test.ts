import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('the way of a page’s sockets', () => {
  const memory = new Map<string, string>();
  let health = 200;
  beforeEach(() => {
    vi.resetModules();
    memory.clear();
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => memory.set(key, value),
    });
    vi.stubGlobal('fetch', async () => {
      if (health === 0) throw new TypeError('network');
      return Response.json({ status: 'ok', labHost: { up: true }, draining: false });
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('is HTTP after two WebSockets that failed while the server answered, and stays so', async () => {
    health = 200;
    const way = await import('./page-socket.ts');
    await way.webSocketFailed();
    expect(way.isOverHttp()).toBe(false);
    await way.webSocketFailed();
    expect(way.isOverHttp()).toBe(true);
    vi.resetModules();
    const later = await import('./page-socket.ts');
    await later.rememberTransport();
    expect(later.isOverHttp()).toBe(true);
  });

  it('is not changed by a server that is away, nor by a failure long ago', async () => {
    const way = await import('./page-socket.ts');
    health = 0;
    for (let times = 0; times < 5; times += 1) await way.webSocketFailed();
    expect(way.isOverHttp()).toBe(false);
    health = 200;
    await way.webSocketFailed();
    way.webSocketWorks();
    await way.webSocketFailed();
    expect(way.isOverHttp()).toBe(false);
  });
});
