/** Runs a script as root in a lab, given through stdin so that it never is a file there. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { z } from 'zod';
import type { runScriptSchema, ScriptResult } from '../../protocol/agent.ts';
import { enterCommand, type EnterLab } from './enter-lab.ts';
import { endSession } from './end-session.ts';

type ParsedScript = z.output<typeof runScriptSchema>;

const maxOutputBytes = 256 * 1024;

export async function runScript(
  lab: Pick<EnterLab, 'paths' | 'runtimeRoot' | 'containerId'>,
  script: ParsedScript,
  signal: AbortSignal,
): Promise<ScriptResult> {
  const { program, args, pidFile } = enterCommand({
    ...lab,
    env: script.env,
    tty: false,
    command: ['bash', '-s'],
  });
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = new Tail(maxOutputBytes);
  child.stdout.on('data', (chunk: Buffer) => {
    output.add(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.add(chunk);
  });
  // A script may end before it has read all of itself.
  child.stdin.on('error', () => undefined);
  child.stdin.end(script.script);

  const stop = AbortSignal.any([signal, AbortSignal.timeout(script.timeoutMs)]);
  const end = (): void => {
    void endSession(pidFile, () => child.kill('SIGKILL'));
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      // Not `close`: what the script left running may hold the pipes open for as long as it lives.
      child.on('exit', (code) => {
        setImmediate(resolve, code ?? 137);
      });
    });
    return {
      exitCode: stop.aborted ? 124 : exitCode,
      timedOut: stop.aborted,
      output: output.text(),
    };
  } finally {
    stop.removeEventListener('abort', end);
    child.stdout.destroy();
    child.stderr.destroy();
    await rm(pidFile, { force: true });
  }
}

/** The last bytes of what was added. */
class Tail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > 2 * this.#limit) this.#trim();
  }

  text(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #trim(): void {
    const kept = Buffer.concat(this.#chunks).subarray(-this.#limit);
    this.#chunks = [kept];
    this.#length = kept.length;
  }
}
