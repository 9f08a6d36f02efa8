/** One row of the table. */
export interface Row {
  id: string;
  unit: string;
  /** Samples. */
  n: number;
  p50: number;
  p95: number;
  p99: number;
  /** Median of the raw counterpart in the same run, and what is measured divided by it. */
  baseline?: number;
  ratio?: number;
}

export function row(
  id: string,
  unit: string,
  samples: readonly number[],
  raw?: readonly number[],
): Row {
  const p50 = percentile(samples, 0.5);
  const base = {
    id,
    unit,
    n: samples.length,
    p50,
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
  };
  if (!raw) return base;
  const baseline = percentile(raw, 0.5);
  return { ...base, baseline, ratio: p50 / baseline };
}

/** Nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
