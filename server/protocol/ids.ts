/** Identifiers that cross a process border, and what each may look like. */
import { z } from 'zod';
import { maxTerminalsPerLab } from './limits.ts';

export { maxTerminalsPerLab } from './limits.ts';

/** A lab: 12 lower-case letters and digits, unguessable enough to be a host name label, not a secret. */
export const labIdSchema = z.string().regex(/^[a-z][a-z0-9]{11}$/);
export type LabId = z.infer<typeof labIdSchema>;

/** A scenario, `<chapter>/<slug>`; it is also its folder below `labs/`. */
export const scenarioIdSchema = z.string().regex(/^[a-z]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
export type ScenarioId = z.infer<typeof scenarioIdSchema>;

export const terminalNumberSchema = z.coerce.number().int().min(1).max(maxTerminalsPerLab);

export const chapters = [
  'overview',
  'install',
  'images',
  'services',
  'moving',
  'running',
  'networking',
  'kubernetes',
  'volumes',
  'cloud',
] as const;
export const chapterSchema = z.enum(chapters);
export type Chapter = z.infer<typeof chapterSchema>;
