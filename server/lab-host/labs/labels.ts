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
  users: number;
}): Record<string, string> {
  return {
    [`${prefix}.lab`]: lab.id,
    [`${prefix}.lease`]: lab.lease,
    [`${prefix}.created`]: String(lab.createdAt),
    [`${prefix}.limits`]: JSON.stringify(lab.limits),
    [`${prefix}.users`]: String(lab.users),
  };
}

export const labFilter = { label: [`${prefix}.lab`] };

const labelsSchema = z
  .looseObject({
    [`${prefix}.lab`]: labIdSchema,
    [`${prefix}.lease`]: z.string(),
    [`${prefix}.created`]: z.string(),
    [`${prefix}.limits`]: z.string(),
    [`${prefix}.users`]: z.string(),
  })
  .transform((found: Record<string, unknown>) => ({
    id: found[`${prefix}.lab`],
    lease: found[`${prefix}.lease`],
    createdAt: Number(found[`${prefix}.created`]),
    limits: JSON.parse(String(found[`${prefix}.limits`])) as unknown,
    users: Number(found[`${prefix}.users`]),
  }))
  .pipe(
    z.object({
      id: labIdSchema,
      lease: z.string(),
      createdAt: z.number(),
      limits: labLimitsSchema,
      /** First of the lab's users on the machine. */
      users: z.number().int(),
    }),
  );

export type ReadLabels = z.infer<typeof labelsSchema>;

export function readLabels(found: Record<string, string>): ReadLabels {
  return labelsSchema.parse(found);
}

export function containerName(id: string): string {
  return `lab-${id}`;
}
