import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Audience, seatGraceMs } from './audience.ts';

describe('who types in a terminal', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is the first that asks; who comes later watches', () => {
    const audience = new Audience(() => undefined);
    expect(audience.admit(socket(), 'control').role).toBe('control');
    expect(audience.admit(socket(), 'control').role).toBe('watch');
  });

  it('is the one that stays when the other closes, after a grace', () => {
    const promoted = vi.fn();
    const audience = new Audience(promoted);
    const first = audience.admit(socket(), 'control');
    const { socket: open, said } = fake();
    const stays = audience.admit(open, 'control');
    audience.leave(first);
    vi.advanceTimersByTime(seatGraceMs - 1);
    expect(stays.role).toBe('watch');
    vi.advanceTimersByTime(1);
    expect(stays.role).toBe('control');
    expect(said).toEqual([{ type: 'role', role: 'control' }]);
    expect(promoted).toHaveBeenCalledOnce();
  });

  it('is never one that asked to watch', () => {
    const audience = new Audience(() => undefined);
    const first = audience.admit(socket(), 'control');
    const watcher = audience.admit(socket(), 'watch');
    audience.leave(first);
    vi.advanceTimersByTime(seatGraceMs);
    expect(watcher.role).toBe('watch');
    expect(audience.controlling).toBeUndefined();
  });

  it('is the same page after a reload', () => {
    const audience = new Audience(() => undefined);
    const first = audience.admit(socket(), 'control');
    const other = audience.admit(socket(), 'control');
    audience.leave(first);
    vi.advanceTimersByTime(seatGraceMs / 2);
    const again = audience.admit(socket(), 'control');
    vi.advanceTimersByTime(seatGraceMs * 2);
    expect([again.role, other.role]).toEqual(['control', 'watch']);
  });

  it('is the one that had it last among those that stay', () => {
    const audience = new Audience(() => undefined);
    const first = audience.admit(socket(), 'control');
    const second = audience.admit(socket(), 'control');
    const third = audience.admit(socket(), 'control');
    audience.giveControl(first);
    audience.giveControl(third);
    audience.leave(third);
    vi.advanceTimersByTime(seatGraceMs);
    expect([first.role, second.role]).toEqual(['control', 'watch']);
  });
});

interface FakeSocket {
  socket: WebSocket;
  said: unknown[];
}

function fake(): FakeSocket {
  const said: unknown[] = [];
  const send = (text: string): void => void said.push(JSON.parse(text));
  return { said, socket: { send } as unknown as WebSocket };
}

function socket(): WebSocket {
  return fake().socket;
}
