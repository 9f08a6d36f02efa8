/** Keeps the lab host's engine up, and tells of containers that end by themselves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { LabHostPaths } from '../paths.ts';
import type { Engine } from './docker.ts';
import { answers, startEngine } from './start-engine.ts';

const retryMs = 1_000;
const eventSchema = z.looseObject({ id: z.string() });

export interface EngineWatch {
  engine: Engine;
  paths: LabHostPaths;
  signal: AbortSignal;
  onContainerEnd: (containerId: string) => void;
  onRestart: (error: unknown) => void;
}

export async function watchEngine(watch: EngineWatch): Promise<void> {
  while (!watch.signal.aborted) {
    try {
      await followEvents(watch);
    } catch {
      // The stream breaks when the engine ends; what follows brings it back.
    }
    if (watch.signal.aborted) return;
    await sleep(retryMs);
    if (await answers(watch.engine)) continue;
    const failure = await startEngine(watch.paths, watch.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    watch.onRestart(failure);
  }
}

async function followEvents({ engine, signal, onContainerEnd }: EngineWatch): Promise<void> {
  const stream = await engine.getEvents({
    filters: { type: ['container'], event: ['die'] },
    abortSignal: signal,
  });
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + z.string().parse(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text !== '')) {
      const event = eventSchema.safeParse(JSON.parse(line));
      if (event.success) onContainerEnd(event.data.id);
    }
  }
}
