import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labHostPaths } from '../paths.ts';
import { capacity } from './capacity.ts';
import { diskBytes, type DiskKind } from './disk-kind.ts';

const someLabs = ['a', 'b', 'c', 'd'].map((id) => ({ id, pids: 512 }));
/** Memory comes and goes between two looks. */
const noise = diskBytes.memory;

async function roomFor(disks: DiskKind, labs: typeof someLabs) {
  const stateDir = await mkdtemp(join(tmpdir(), 'capacity-'));
  try {
    return await capacity({ paths: labHostPaths(stateDir, stateDir), labs, disks, overcommit: 1 });
  } finally {
    await rm(stateDir, { recursive: true });
  }
}

describe('the room for labs', () => {
  it('is promised of memory where disks are memory, and says so', async () => {
    const room = await roomFor('memory', []);
    expect(room.limitedBy).toContain('memory');
    expect(room.diskFree).toBe(room.memoryFree);
    expect(room.free).toBeLessThan(room.memoryFree / diskBytes.memory);
  });

  it('is less by what the labs there are may still write', async () => {
    for (const disks of ['memory', 'file'] as const) {
      const [before, after] = [await roomFor(disks, []), await roomFor(disks, someLabs)];
      const promised = someLabs.length * diskBytes[disks];
      const left = Math.max(0, before.diskFree - promised);
      expect(Math.abs(after.diskFree - left)).toBeLessThan(noise);
    }
  });
});
