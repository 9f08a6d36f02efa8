import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { StepLog } from './build-step.ts';

/** Runs a program, its output into the log; `stdin` is what it reads. */
export async function runLogged(
  program: string,
  args: string[],
  options: { log: Pick<StepLog, 'write'>; signal: AbortSignal; stdin?: Readable },
): Promise<void> {
  options.log.write(`$ ${program} ${args.join(' ')}\n`);
  const child = spawn(program, args, { signal: options.signal, stdio: 'pipe' });
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      options.log.write(text);
    });
  }
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${signal ?? `exit code ${String(code)}`}.`));
    });
  });
  const fed = options.stdin ? pipeline(options.stdin, child.stdin) : child.stdin.end();
  await Promise.all([ended, fed]);
}
