import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWays, rememberDown, rememberUp, waysFile } from './ways.ts';

let state = '';

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'drydock-ways-'));
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

describe('ways', () => {
  it('knows what is up, and of which ways there is state', () => {
    expect(readWays(state)).toEqual({ used: [] });
    rememberUp(state, 'container');
    rememberUp(state, 'embedded');
    expect(readWays(state)).toEqual({ up: 'embedded', used: ['container', 'embedded'] });
    rememberDown(state);
    expect(readWays(state)).toEqual({ used: ['container', 'embedded'] });
  });

  it('knows nothing after half a write', () => {
    writeFileSync(waysFile(state), '{"up":"conta');
    expect(readWays(state)).toEqual({ used: [] });
  });
});
