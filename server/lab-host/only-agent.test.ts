import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endWhenReplaced } from './only-agent.ts';

describe('endWhenReplaced', () => {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-only-agent-'));
  const file = join(dir, 'agent.pid');
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    rmSync(file, { force: true });
  });

  it.each([
    ['leaves the agent alone that the file names', String(process.pid), 0],
    ['ends one in whose place there is another', '1', 1],
    ['ends one whose file was taken down', undefined, 1],
  ])('%s', (_title, content, times) => {
    if (content !== undefined) writeFileSync(file, content);
    const onReplaced = vi.fn();
    using _watch = endWhenReplaced(file, onReplaced);
    vi.advanceTimersByTime(10_000);
    expect(onReplaced).toHaveBeenCalledTimes(times);
  });

  it('overlooks a file that is being written', () => {
    const onReplaced = vi.fn();
    using _watch = endWhenReplaced(file, onReplaced);
    vi.advanceTimersByTime(1_500);
    writeFileSync(file, String(process.pid));
    vi.advanceTimersByTime(10_000);
    expect(onReplaced).not.toHaveBeenCalled();
  });
});
