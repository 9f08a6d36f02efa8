/** Text that ought to be a JSON object, for fields that are looked at one by one. */

/** Its fields; none if it is something else. */
export function jsonFields(text: string): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
