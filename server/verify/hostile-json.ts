/** JSON from a lab: whatever a learner's fake engine can send, within bounds that keep this thread alive. */
import { z } from 'zod';
import type { Json } from '../../labs/define-lab.ts';
import { Unaskable } from './unaskable.ts';

/** `docker inspect` is 6 deep; the engine's own types are nowhere near this. */
export const maxDepth = 40;
/** A list of a thousand containers, and then some: objects and arrays in all. */
export const maxNodes = 20_000;
/** Items in one list. */
export const maxItems = 1000;

/** What JSON.parse gives is JSON; only the type is missing. */
const jsonSchema = z.custom<Json>();

export function parseHostileJson(text: string): Json {
  checkShape(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Unaskable('The answer is not JSON.', { cause });
  }
  return jsonSchema.parse(value);
}

/** Before anything is built from it: a short text can be a deep or a wide tree. */
function checkShape(text: string): void {
  let depth = 0;
  let nodes = 0;
  const commas: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') {
      depth += 1;
      nodes += 1;
      commas[depth] = 0;
      if (depth > maxDepth)
        throw new Unaskable(`The answer is nested more than ${String(maxDepth)} deep.`);
      if (nodes > maxNodes)
        throw new Unaskable(`The answer holds more than ${String(maxNodes)} objects.`);
    } else if (char === '}' || char === ']') depth = Math.max(0, depth - 1);
    else if (char === ',') {
      const count = (commas[depth] ?? 0) + 1;
      commas[depth] = count;
      if (count >= maxItems)
        throw new Unaskable(`The answer has a list of more than ${String(maxItems)} items.`);
    }
  }
}

/** Index of the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
