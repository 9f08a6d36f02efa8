import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { LabDefinition } from '../../labs/define-lab.ts';

/** Only what judging needs; the catalogue has parsed the whole of it, strictly, before any lab was made of it. */
const moduleSchema = z.object({
  default: z.custom<LabDefinition>((value) => {
    const parts = z.object({ checks: z.array(z.unknown()), hints: z.array(z.unknown()) });
    return parts.safeParse(value).success;
  }, 'its default export is no lab definition'),
});

/** Read again after it was changed, so that an author need not restart anything. */
export async function loadDefinition(labsDir: string, scenario: string): Promise<LabDefinition> {
  const file = join(labsDir, scenario, 'lab.ts');
  const url = pathToFileURL(file);
  url.searchParams.set('v', String(statSync(file).mtimeMs));
  const loaded: unknown = await import(url.href);
  return moduleSchema.parse(loaded).default;
}
