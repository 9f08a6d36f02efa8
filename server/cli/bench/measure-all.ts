/** One measurement after the other; one that fails takes nothing from the others. */
import { reasonOf } from '../../errors.ts';
import { say, step } from '../progress.ts';
import type { Row } from './row.ts';

type Work = (tell: (text: string) => void) => Promise<Row[]>;

export async function measureAll(
  work: [name: string, measure: Work][],
  signal: AbortSignal,
): Promise<{ rows: Row[]; failed: string[] }> {
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const [name, measure] of work) {
    try {
      rows.push(...(await step(name, measure)));
    } catch (error) {
      signal.throwIfAborted();
      say(`  ${name} could not be measured: ${reasonOf(error)}`);
      failed.push(name);
    }
  }
  return { rows, failed };
}
