/** Remembers, below the state directory, which lab host was brought up last and which ways there is state of. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Way } from './choose.ts';

const waySchema = z.enum(['embedded', 'container']);
const memorySchema = z.object({
  /** Brought up, and not taken down since. */
  up: waySchema.optional(),
  /** Left state behind, which `lab clean` removes. */
  used: z.array(waySchema),
});
export type Ways = z.infer<typeof memorySchema>;

export function readWays(stateDir: string): Ways {
  if (!existsSync(waysFile(stateDir))) return { used: [] };
  const text = readFileSync(waysFile(stateDir), 'utf8');
  // Written halfway when the machine went down: nothing is known then.
  return memorySchema.catch({ used: [] }).parse(parsed(text));
}

export function rememberUp(stateDir: string, way: Way): void {
  const { up, used } = readWays(stateDir);
  if (up === way && used.includes(way)) return;
  write(stateDir, { up: way, used: [...new Set([...used, way])] });
}

export function rememberDown(stateDir: string): void {
  const { up, used } = readWays(stateDir);
  if (up !== undefined) write(stateDir, { used });
}

export function waysFile(stateDir: string): string {
  return join(stateDir, 'lab-host.json');
}

function write(stateDir: string, ways: Ways): void {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(waysFile(stateDir), JSON.stringify(ways));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
