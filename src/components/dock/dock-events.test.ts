import { beforeEach, describe, expect, it, vi } from 'vitest';

describe('a request to show a lab', () => {
  beforeEach(() => vi.resetModules());

  it('waits for a dock whose script comes late', async () => {
    const { showLab, takeShowRequests } = await import('./dock-events.ts');
    const show = vi.fn();
    showLab('first', 'open');
    showLab('second', 'turn');
    takeShowRequests(show);
    expect(show.mock.calls).toEqual([[{ lab: 'second', how: 'turn' }]]);
  });

  it('keeps the wish for focus when the page turns to the same lab', async () => {
    const { showLab, takeShowRequests } = await import('./dock-events.ts');
    const show = vi.fn();
    showLab('one', 'focus');
    showLab('one', 'turn');
    takeShowRequests(show);
    expect(show.mock.calls).toEqual([[{ lab: 'one', how: 'focus' }]]);
  });

  it('goes straight to a dock that is there', async () => {
    const { showLab, takeShowRequests } = await import('./dock-events.ts');
    const show = vi.fn();
    takeShowRequests(show);
    showLab('one', 'turn');
    expect(show.mock.calls).toEqual([[{ lab: 'one', how: 'turn' }]]);
  });
});
