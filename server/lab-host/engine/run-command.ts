import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Runs a program to its end and answers its stdout; throws with its stderr. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<string> {
  const { stdout } = await execFileAsync(program, [...args], {
    maxBuffer: 16 * 1024 * 1024,
    timeout: options.timeoutMs ?? 60_000,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return stdout;
}
