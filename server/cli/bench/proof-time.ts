/** How long the last proof of the whole library took, as it was written down then. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BenchContext } from './context.ts';
import { row, type Row } from './row.ts';

const proofSchema = z.looseObject({
  seconds: z.number(),
  scenarios: z.array(z.looseObject({ seconds: z.number() })),
});

export function proofTime({ config }: BenchContext): Promise<Row[]> {
  const file = join(config.stateDir, 'proof.json');
  if (!existsSync(file)) return Promise.resolve([]);
  const { seconds, scenarios } = proofSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Promise.resolve([
    row('proof-of-the-library', 's', [seconds]),
    row(
      'proof-per-scenario',
      's',
      scenarios.map((scenario) => scenario.seconds),
    ),
  ]);
}
