import { describe, expect, it } from 'vitest';
import { Replay } from './replay.ts';

describe('the replay of a terminal', () => {
  it('gives back all that was printed while it fits', () => {
    const replay = new Replay(100);
    replay.add(Buffer.from('\u001b[1mone'));
    replay.add(Buffer.from('\r\ntwo'));
    expect(replay.bytes().toString()).toBe('\u001b[1mone\r\ntwo');
  });

  it('drops whole pieces from the front and begins at a line', () => {
    const replay = new Replay(20);
    for (let line = 0; line < 50; line += 1)
      replay.add(Buffer.from(`\u001b[3${String(line % 8)}m line ${String(line)}\n`));
    const text = replay.bytes().toString();
    expect(text.startsWith('\u001b[3')).toBe(true);
    expect(text.endsWith('line 49\n')).toBe(true);
    expect(text.length).toBeLessThan(60);
  });

  it('holds the last piece even if that alone is too long', () => {
    const replay = new Replay(4);
    replay.add(Buffer.from('gone\n'));
    replay.add(Buffer.from('the start\nand the rest'));
    expect(replay.bytes().toString()).toBe('and the rest');
  });
});
