import { describe, expect, it } from 'vitest';
import { UserRanges, maxRanges, usersPerLab } from './user-ranges.ts';

const separate = { shared: 1_000_000, own: 2_000_000, count: maxRanges, separate: true };

describe('UserRanges', () => {
  it('gives no two labs a user in common', () => {
    const ranges = new UserRanges(separate);
    expect([ranges.take(), ranges.take()]).toEqual([2_000_000, 2_000_000 + usersPerLab]);
  });

  it('gives a range again once its lab is gone', () => {
    const ranges = new UserRanges(separate);
    const first = ranges.take();
    ranges.take();
    ranges.giveBack(first);
    expect(ranges.take()).toBe(first);
  });

  it('leaves out the range of a lab that was there before', () => {
    const ranges = new UserRanges(separate);
    ranges.keep(2_000_000);
    expect(ranges.take()).toBe(2_000_000 + usersPerLab);
  });

  it('says so when all are taken', () => {
    const ranges = new UserRanges(separate);
    for (let count = 0; count < maxRanges; count += 1) ranges.take();
    expect(() => ranges.take()).toThrow(/1024 labs/);
  });

  it('gives all labs the same range where the kernel cannot keep them apart', () => {
    const ranges = new UserRanges({ ...separate, separate: false });
    expect([ranges.take(), ranges.take()]).toEqual([1_000_000, 1_000_000]);
  });
});
