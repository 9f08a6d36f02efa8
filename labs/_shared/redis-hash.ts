/** A hash as a redis of the lab tells it, asked over TCP as any client would. */
import type { LabView } from '../define-lab.ts';

/** Undefined if no redis answers there. Fields and values are short words here: no line ends, no `*`, `$` or `+` first. */
export async function redisHash(
  lab: LabView,
  port: number,
  key: string,
): Promise<Record<string, string> | undefined> {
  const { received } = await lab.tcp('127.0.0.1', port, { send: `HGETALL ${key}\r\nQUIT\r\n` });
  if (!received.startsWith('*')) return undefined;
  const words = received.split('\r\n').filter((line) => line !== '' && !/^[*$+]/.test(line));
  return Object.fromEntries(
    words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])),
  );
}
