import { describe, expect, it } from 'vitest';
import { percentile, row } from './row.ts';

describe('a row of the bench', () => {
  it('takes percentiles by nearest rank', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([
      percentile(samples, 0.5),
      percentile(samples, 0.95),
      percentile(samples, 0.99),
    ]).toEqual([50, 95, 99]);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('divides medians by the raw counterpart of the same run', () => {
    expect(row('x', 'ms', [2, 4, 6], [1, 2, 3])).toMatchObject({
      p50: 4,
      baseline: 2,
      ratio: 2,
      n: 3,
    });
  });
});
