import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandOf, isRunning, readPid } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-processes-'));
const file = join(folder, 'a.pid');
/** Beyond what any kernel gives. */
const nobody = 2 ** 30;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('processes', () => {
  it('tells a living process from one that is not there', () => {
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(1)).toBe(true);
    expect(isRunning(nobody)).toBe(false);
    expect(isRunning(Number.NaN)).toBe(false);
  });

  it('reads the same command from /proc and, where there is none, from ps', () => {
    expect(commandOf(process.pid)).toContain('node');
    expect(commandOf(process.pid, join(folder, 'no-proc'))).toContain('node');
    expect(commandOf(nobody)).toBeUndefined();
    expect(commandOf(nobody, join(folder, 'no-proc'))).toBeUndefined();
  });

  it('takes the process of a pid file only for the program it should be', () => {
    writeFileSync(file, `${String(process.pid)}\n`);
    expect(readPid(file, 'node')).toBe(process.pid);
    expect(readPid(file, 'lab-host/main.ts')).toBeUndefined();
    writeFileSync(file, String(nobody));
    expect(readPid(file, 'node')).toBeUndefined();
    expect(readPid(join(folder, 'none'), 'node')).toBeUndefined();
  });
});
