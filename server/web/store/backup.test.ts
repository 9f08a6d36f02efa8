import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupStore, openStore } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('backupStore', () => {
  it('copies a store that is in use, and the copy is a store', () => {
    using store = openStore(join(folder, 'web'));
    const secret = store.secrets.get('cookies');
    const copy = join(folder, 'backup.sqlite');
    backupStore(join(folder, 'web'), copy);
    cpSync(copy, join(folder, 'restored', 'drydock.sqlite'));
    using restored = openStore(join(folder, 'restored'));
    expect(restored.secrets.get('cookies')).toEqual(secret);
  });

  it('never writes over a file', () => {
    using _store = openStore(join(folder, 'web'));
    const copy = join(folder, 'backup.sqlite');
    backupStore(join(folder, 'web'), copy);
    expect(() => backupStore(join(folder, 'web'), copy)).toThrow('is there already');
    renameSync(copy, `${copy}.old`);
    expect(() => backupStore(join(folder, 'web'), copy)).not.toThrow();
  });

  it('says that there is nothing to copy', () => {
    expect(() => backupStore(join(folder, 'web'), join(folder, 'b'))).toThrow('no database at');
  });
});
