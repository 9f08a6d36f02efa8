import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { LabRecord } from './index.ts';
import { openStore } from './index.ts';
import { migrate } from './migrate.ts';

const lab: LabRecord = {
  id: 'labaaaaaaaaa',
  owner: 'local',
  scenario: 'images/a',
  seed: 2,
  agentId: 'agtaaaaaaaaa',
  phase: 'ready',
  reason: '',
  createdAt: 1,
  startedAt: 2,
  expiresAt: 3,
  solved: true,
  verdict: { scenario: 'images/a', seed: 2, solved: true, held: true, seconds: 1.5, checks: [] },
  hints: [{ number: 1, text: 'Look.' }],
  tries: 4,
  firstInputAt: null,
  solutionSeen: false,
};

describe('the store', () => {
  it('gives back what it was given', () => {
    using store = openStore(':memory:');
    store.labs.save(lab);
    store.labs.save({ ...lab, tries: 5 });
    expect(store.labs.all()).toEqual([{ ...lab, tries: 5 }]);
    store.labs.remove(lab.id);
    expect(store.labs.all()).toEqual([]);
  });

  it('keeps the first solution and the best time', () => {
    using store = openStore(':memory:');
    store.progress.started('a', 'images/a', 1);
    store.progress.solved('a', 'images/a', { at: 2, seconds: 20 });
    store.progress.solved('a', 'images/a', { at: 3, seconds: 10 });
    store.progress.started('a', 'images/a', 4);
    expect(store.progress.of('a')).toEqual([
      { scenario: 'images/a', startedAt: 1, solvedAt: 2, bestSeconds: 10 },
    ]);
    expect(store.progress.of('b')).toEqual([]);
  });

  it('keeps blank and broken labs of the pool apart', () => {
    using store = openStore(':memory:');
    const blank = { agentId: 'a', broken: null, ready: false, createdAt: 1 };
    const broken = {
      agentId: 'b',
      broken: { scenario: 'images/a', seed: 1 },
      ready: true,
      createdAt: 2,
    };
    store.pool.save(blank);
    store.pool.save(broken);
    store.pool.save({ ...blank, ready: true });
    expect(store.pool.all()).toEqual([{ ...blank, ready: true }, broken]);
  });

  it('loses nothing when its process is killed', async () => {
    await using folder = await temporaryFolder();
    const script = `
      const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
      const store = openStore(${JSON.stringify(folder.path)});
      store.labs.save(${JSON.stringify(lab)});
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: 'inherit',
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    using store = openStore(folder.path);
    expect(store.labs.all()).toEqual([lab]);
  });

  it('keeps its secrets', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = [1, 2].map(() => {
      using store = openStore(folder.path);
      return store.secrets.get('cookies').toString('hex');
    });
    expect(first).toHaveLength(64);
    expect(second).toBe(first);
  });
});

describe('migrate', () => {
  it('runs only what is new', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, ['CREATE TABLE a (x) ;']);
    migrate(database, ['CREATE TABLE a (x) ;', 'CREATE TABLE b (x) ;']);
    expect(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 2 });
  });

  it('refuses the database of a newer version', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, ['CREATE TABLE a (x) ;']);
    expect(() => migrate(database, [])).toThrow('newer Drydock');
  });
});

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
