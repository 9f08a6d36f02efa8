import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { pageEventSchema } from '../../protocol/api.ts';
import { beatEveryMs, silenceMs } from '../../protocol/limits.ts';
import { terminalServerMessageSchema } from '../../protocol/terminal.ts';
import { keepAlive } from './keep-alive.ts';

describe('a socket that is kept alive', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says something before a page takes it for dead, in words of both protocols', () => {
    const socket = fakeSocket();
    keepAlive(socket as unknown as WebSocket);
    vi.advanceTimersByTime(silenceMs);
    expect(socket.sent.length).toBeGreaterThanOrEqual(Math.floor(silenceMs / beatEveryMs));
    const said: unknown = JSON.parse(socket.sent[0] ?? '');
    expect(pageEventSchema.parse(said)).toEqual(terminalServerMessageSchema.parse(said));
  });

  it('falls silent when it is closed, and is cut when nobody answers', () => {
    const socket = fakeSocket();
    keepAlive(socket as unknown as WebSocket);
    vi.advanceTimersByTime(60_000);
    expect(socket.terminate).toHaveBeenCalled();
    socket.emit('close');
    const before = socket.sent.length;
    vi.advanceTimersByTime(60_000);
    expect(socket.sent.length).toBe(before);
  });
});

function fakeSocket() {
  const sent: string[] = [];
  return Object.assign(new EventEmitter(), {
    ...{ readyState: 1, OPEN: 1, bufferedAmount: 0, sent },
    send: (text: string) => sent.push(text),
    ping: vi.fn(),
    terminate: vi.fn(),
  });
}
