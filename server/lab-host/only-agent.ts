/** There is one agent for a run directory: the one that its pid file names. */
import { readFileSync } from 'node:fs';

const lookEveryMs = 1_000;
/** A file that is being written anew is empty for a moment. */
const looksUntilSure = 2;

/**
 * Calls `onReplaced` once the file names another process or is gone: two commands may have started an agent at the same
 * time, or all of Drydock was taken down while this one was not yet to be seen. An agent that went on then would start the
 * engine again behind the other's back.
 */
export function endWhenReplaced(pidFile: string, onReplaced: () => void): Disposable {
  let missed = 0;
  const timer = setInterval(() => {
    missed = namesThisProcess(pidFile) ? 0 : missed + 1;
    if (missed < looksUntilSure) return;
    clearInterval(timer);
    onReplaced();
  }, lookEveryMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}

export function namesThisProcess(pidFile: string): boolean {
  try {
    return Number(readFileSync(pidFile, 'utf8')) === process.pid;
  } catch {
    return false;
  }
}
