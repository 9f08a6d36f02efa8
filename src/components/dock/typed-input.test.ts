import { describe, expect, it } from 'vitest';
import { isTyped } from './typed-input.ts';

describe('what comes from the terminal', () => {
  it.each(['l', 'docker ps\r', '\x03', 'é', '\t'])('is typed: %j', (data) => {
    expect(isTyped(data, '')).toBe(true);
  });

  it('is typed where the key just pressed sends it', () => {
    expect(isTyped('\x1b[A', '\x1b[A')).toBe(true);
  });

  it('is typed where it was pasted', () => {
    expect(isTyped('\x1b[200~docker ps\x1b[201~', '')).toBe(true);
  });

  it.each([
    ['\x1b[?1;2c', ''],
    ['\x1b[1;2R', ''],
    ['\x1b[12;40R', 'l'],
    ['\x1b]10;rgb:d5d5/dede/dcdc\x1b\\', ''],
    ['\x1bP1$r0m\x1b\\', ''],
    ['\x1b[I', ''],
  ])('is an answer: %j after the key %j', (data, key) => {
    expect(isTyped(data, key)).toBe(false);
  });
});
