/** The labels on everything Drydock makes in an engine, and what can be read back from them. */
import { z } from 'zod';
import { labLimitsSchema } from '../../protocol/agent.ts';
import { labIdSchema } from '../../protocol/ids.ts';

const prefix = 'org.drydock';

export function labels(lab: {
  id: string;
  lease: string;
  createdAt: number;
  limits: unknown;
}): Record<string, string> {
  return {
    [`${prefix}.lab`]: lab.id,
    [`${prefix}.lease`]: lab.lease,
    [`${prefix}.created`]: String(lab.createdAt),
    [`${prefix}.limits`]: JSON.stringify(lab.limits),
  };
}

export const labFilter = { label: [`${prefix}.lab`] };

const labelsSchema = z.looseObject({
  [`${prefix}.lab`]: labIdSchema,
  [`${prefix}.lease`]: z.string(),
  [`${prefix}.created`]: z.coerce.number(),
  [`${prefix}.limits`]: z.string().transform((text) => labLimitsSchema.parse(JSON.parse(text))),
});

export interface ReadLabels {
  id: string;
  lease: string;
  createdAt: number;
  limits: z.infer<typeof labLimitsSchema>;
}

export function readLabels(found: Record<string, string>): ReadLabels {
  const parsed: Record<string, unknown> = labelsSchema.parse(found);
  return z
    .object({ id: z.string(), lease: z.string(), createdAt: z.number(), limits: labLimitsSchema })
    .parse({
      id: parsed[`${prefix}.lab`],
      lease: parsed[`${prefix}.lease`],
      createdAt: parsed[`${prefix}.created`],
      limits: parsed[`${prefix}.limits`],
    });
}

export function containerName(id: string): string {
  return `lab-${id}`;
}
