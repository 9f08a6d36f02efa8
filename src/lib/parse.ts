// Ships to the browser.
/**
 * Reads what the server says into the protocol's types. The schemas themselves are zod, 25 KB compressed, too much for
 * a page; these readers are checked by the compiler against the same types. Keys they do not know are dropped, so that
 * a page that is open while the server is updated goes on.
 */
export type Read<T> = (value: unknown, at: string) => T;

export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export const text: Read<string> = (value, at) =>
  typeof value === 'string' ? value : fail('a text', at);
export const number: Read<number> = (value, at) =>
  typeof value === 'number' ? value : fail('a number', at);
export const flag: Read<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : fail('true or false', at);

export function oneOf<const T extends string>(...choices: T[]): Read<T> {
  return (value, at) =>
    choices.find((choice) => choice === value) ?? fail(choices.join(' or '), at);
}

export function list<T>(item: Read<T>): Read<T[]> {
  return (value, at) =>
    Array.isArray(value)
      ? value.map((one, index) => item(one, `${at}[${index}]`))
      : fail('a list', at);
}

export function nullable<T>(inner: Read<T>): Read<T | null> {
  return (value, at) => (value === null ? null : inner(value, at));
}

export function optional<T>(inner: Read<T>): Read<T | undefined> {
  return (value, at) => (value === undefined ? undefined : inner(value, at));
}

export function object<T extends object>(fields: { [K in keyof T]-?: Read<T[K]> }): Read<T> {
  const entries = Object.entries<Read<unknown>>(fields);
  return (value, at) => {
    if (typeof value !== 'object' || value === null) return fail('an object', at);
    const source = value as Record<string, unknown>;
    return Object.fromEntries(
      entries.map(([key, read]) => [key, read(source[key], `${at}.${key}`)]),
    ) as T;
  };
}

/** Chooses by `type`; a type that is not known is not an error: a newer server may say more. */
export function tagged<T extends { type: string }>(kinds: {
  [K in T['type']]: Read<Extract<T, { type: K }>>;
}): (value: unknown) => T | undefined {
  const readers = kinds as Record<string, Read<T> | undefined>;
  return (value) => {
    const type =
      typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : '';
    return readers[type]?.(value, type);
  };
}

function fail(wanted: string, at: string): never {
  throw new Unreadable(`The server's answer is not understood: ${at} is not ${wanted}.`);
}
