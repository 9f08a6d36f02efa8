/** How values that SQLite does not have are kept in its columns. */
import { z } from 'zod';

/** 0 or 1 */
export const flag = z.number().transform((value) => value !== 0);

/** JSON text */
export function jsonOf<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}
