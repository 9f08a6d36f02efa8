import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { StepLog } from './build-step.ts';

const engineMessage = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
});

/** Reads the engine's answer to a build or an import to its end: its words into the log, its error thrown. */
export async function followEngine(answer: NodeJS.ReadableStream, log: StepLog): Promise<void> {
  let failure: string | undefined;
  for await (const line of createInterface({ input: Readable.from(answer), crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const message = engineMessage.parse(JSON.parse(line));
    const said = message.stream ?? (message.status === undefined ? '' : `${message.status}\n`);
    log.write(said);
    const step = /^Step \d+\/\d+/.exec(said)?.[0];
    if (step !== undefined) log.tell(step);
    failure = message.error ?? failure;
  }
  if (failure !== undefined) throw new Error(failure);
}
