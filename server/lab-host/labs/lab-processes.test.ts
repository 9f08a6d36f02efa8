import { openSync, closeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connectionsOf, processesByLab, terminalsOf } from './lab-processes.ts';

const lab = { id: 'laaaaaaaaaaa', containerId: 'c'.repeat(64), users: 0 };
const other = { id: 'lbbbbbbbbbbb', containerId: 'd'.repeat(64), users: 4_200_000_000 };

describe('processesByLab', () => {
  it("finds a lab's processes by its users", () => {
    const found = processesByLab([other, lab], true);
    expect(found.get(lab.id)).toContain(process.pid);
    expect(found.get(other.id)).toEqual([]);
  });

  it('finds them by cgroup where labs share users', () => {
    expect(processesByLab([lab], false).get(lab.id)).toEqual([]);
  });
});

describe('terminalsOf', () => {
  it('counts the terminals that a process has opened, and no more than it needs to know', () => {
    const before = terminalsOf([process.pid], 1000);
    const opened = [1, 2, 3].map(() => openSync('/dev/ptmx', 'r+'));
    try {
      expect(terminalsOf([process.pid], 1000)).toBe(before + 3);
      expect(terminalsOf([process.pid], before + 1)).toBe(before + 2);
    } finally {
      opened.forEach(closeSync);
    }
  });

  it('takes a process that has ended for one without terminals', () => {
    expect(terminalsOf([0x7fff_fff0], 10)).toBe(0);
  });
});

describe('connectionsOf', () => {
  it('counts a network once, however many processes are in it', () => {
    expect(connectionsOf([process.pid, process.ppid])).toBe(connectionsOf([process.pid]));
  });
});
