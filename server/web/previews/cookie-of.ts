/** One cookie's value; empty if it is not there. */
export function cookieOf(header: string | undefined, name: string): string {
  const prefix = `${name}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix));
  return found?.slice(prefix.length) ?? '';
}
