import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CannotRun } from '../cannot-run.ts';
import { withLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-lock-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('withLock', () => {
  it('takes what a dead process has left, and gives it back', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, String(2 ** 30));
    expect(await withLock(file, async () => existsSync(file))).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it('says so where there can be no lock, and does not wait for one', async () => {
    writeFileSync(join(folder, 'file'), '');
    const inFile = withLock(join(folder, 'file', 'lock'), async () => 'done');
    await expect(inFile).rejects.toThrow(CannotRun);
    // Root may write everywhere but where there is no file system for it.
    await expect(withLock('/proc/lock', async () => 'done')).rejects.toThrow(
      /cannot write to \/proc/,
    );
  });
});
