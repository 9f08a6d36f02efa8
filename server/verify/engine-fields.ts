/**
 * Kinds of values in the engine's answers. Go writes an empty list or map as null and leaves out what it has not; a
 * value of another type makes the whole answer one that is not understood.
 */
import { z } from 'zod';
import type { JsonObject } from '../../labs/define-lab.ts';
import { Unaskable } from './unaskable.ts';

export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
export const list = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
export const texts = record(z.string());
/** An entrypoint may be one string. */
export const words = z
  .union([z.string().transform((value) => [value]), z.array(z.string())])
  .nullish()
  .transform((value) => value ?? []);
/** `NAME=value` lines as a record. */
export const environment = list.transform((lines) => Object.fromEntries(lines.map(assignment)));
/** Any JSON object, as it is. */
export const object = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export function record<T extends z.ZodType>(value: T) {
  return z
    .record(z.string(), value)
    .nullish()
    .transform((all) => all ?? {});
}

export function understand<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Unaskable("The engine's answer is not understood.", { cause: parsed.error });
}

function assignment(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
