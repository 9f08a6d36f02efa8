import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silenceMs } from '../../server/protocol/limits.ts';
import { Pulse } from './pulse.ts';

describe('the pulse of a socket', () => {
  const page = new EventTarget();
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', page);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is lost after a silence, and only once', () => {
    const lost = vi.fn();
    using pulse = new Pulse(lost);
    pulse.heard();
    vi.advanceTimersByTime(silenceMs - 1);
    pulse.heard();
    vi.advanceTimersByTime(silenceMs - 1);
    expect(lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(silenceMs * 3);
    expect(lost).toHaveBeenCalledOnce();
  });

  it('is lost at once when the network goes', () => {
    const lost = vi.fn();
    using pulse = new Pulse(lost);
    pulse.heard();
    page.dispatchEvent(new Event('offline'));
    expect(lost).toHaveBeenCalledOnce();
  });

  it('is not missed while nothing is to be heard', () => {
    const lost = vi.fn();
    const pulse = new Pulse(lost);
    pulse.heard();
    pulse.rest();
    page.dispatchEvent(new Event('offline'));
    pulse.heard();
    pulse[Symbol.dispose]();
    vi.advanceTimersByTime(silenceMs * 2);
    expect(lost).not.toHaveBeenCalled();
  });
});
