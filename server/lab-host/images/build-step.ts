import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { buildHint } from './build-hint.ts';
import type { ImageBuildContext } from './context.ts';

const tailLines = 15;

export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError';
  /** What to do about it. */
  readonly hint: string;

  constructor(message: string, hint: string, cause: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}

export interface StepLog {
  write(text: string): void;
  /** Tells whoever waits what is being done. */
  tell(text: string): void;
}

/** One part of the build: said when it begins and ends, logged to a file, its failure explained. */
export async function buildStep(
  context: ImageBuildContext,
  step: { name: string; text: string },
  work: (log: StepLog) => Promise<void>,
): Promise<void> {
  context.signal.throwIfAborted();
  const started = performance.now();
  const folder = join(context.stateDir, 'logs');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `image-${step.name}.log`);
  const file = createWriteStream(path);
  const lines = lastLines();
  const log = {
    write(text: string): void {
      file.write(text);
      lines.add(text);
    },
    tell(text: string): void {
      context.progress({ step: step.name, text });
    },
  };
  log.tell(step.text);
  try {
    await work(log);
  } catch (error) {
    context.signal.throwIfAborted();
    throw stepError(step.name, path, lines.text(), error);
  } finally {
    file.end();
    await finished(file);
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  context.progress({ step: step.name, text: step.text, done: true, seconds });
}

function stepError(name: string, path: string, tail: string, error: unknown): ImageBuildError {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The image "${name}" could not be built: ${reason}\n${tail}`.trimEnd();
  return new ImageBuildError(message, `${buildHint(message)} The whole log: ${path}`, error);
}

function lastLines(): { add(text: string): void; text(): string } {
  let kept = '';
  return {
    add(text) {
      kept = (kept + text)
        .split('\n')
        .slice(-tailLines - 1)
        .join('\n');
    },
    text: () => kept,
  };
}
