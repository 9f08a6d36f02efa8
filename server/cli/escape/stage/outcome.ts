import type { Outcome } from '../attempt.ts';

/** A shell's words for a program that is not there: the attempt is broken then, not refused. */
const notFound = /(?:command not found|No such file or directory: line|cannot execute)/;
const maxSeenChars = 200;

/** What a script's end means. */
export function outcomeOf({ exitCode, output }: { exitCode: number; output: string }): Outcome {
  const seen = lastLine(output);
  if (exitCode === 127 || notFound.test(output))
    throw new Error(`The attempt's script is broken: ${seen}`);
  return { reached: exitCode === 0, seen: seen === '' ? `exit code ${String(exitCode)}` : seen };
}

export function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.findLast((line) => line !== '' && !line.includes('dmesg(1) may have more')) ?? ''
  ).slice(-maxSeenChars);
}
