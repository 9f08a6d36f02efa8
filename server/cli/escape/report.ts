/** What came of the attempts, for people and for programs. */
import { attemptClasses, type AttemptClass } from './attempt.ts';

export interface Finding {
  id: string;
  class: AttemptClass;
  title: string;
  held: boolean;
  /** Held, and the control with it: the lab host is in a user namespace itself. Shown to be an attempt elsewhere. */
  moot: boolean;
  /** Why it fails; where it did not fail, what happened. */
  why: string;
  /** What the attempt saw. */
  seen: string;
  /** What the same attempt without the defence came to, or why that was not tried. */
  control: string;
  seconds: number;
}

export interface EscapeReport {
  held: number;
  /** Of these, with a control that cannot succeed here. */
  moot: number;
  /** Succeeded, or could not be made as they should. */
  escaped: number;
  seconds: number;
  attempts: Finding[];
}

export function reportOf(attempts: Finding[], seconds: number): EscapeReport {
  const held = attempts.filter((finding) => finding.held).length;
  const moot = attempts.filter((finding) => finding.moot).length;
  return { held, moot, escaped: attempts.length - held, seconds, attempts };
}

export function line(finding: Finding): string {
  return `  ${mark(finding)} ${finding.id.padEnd(34)} ${finding.seconds.toFixed(1).padStart(5)} s  ${finding.held ? finding.title : finding.why}`;
}

export function table(report: EscapeReport): string {
  const parts = Object.entries(attemptClasses).flatMap(([name, words]) => {
    const findings = report.attempts.filter((finding) => finding.class === name);
    return findings.length === 0 ? [] : [`\n${words}\n${findings.map(entry).join('\n')}`];
  });
  const { held, moot, escaped, seconds } = report;
  const without =
    moot === 0
      ? ''
      : ` (of ${String(moot)}, ◦, the control cannot succeed in this container either)`;
  return `${parts.join('\n')}\n\n${String(held)} held${without}, ${String(escaped)} escaped in ${seconds.toFixed(0)} s\n`;
}

function mark({ held, moot }: Finding): string {
  if (!held) return '✗';
  return moot ? '◦' : '✓';
}

function entry(finding: Finding): string {
  const { title, why, seen, control } = finding;
  const details = [`why: ${why}`, `seen: ${printable(seen)}`, `control ${printable(control)}`];
  return `  ${mark(finding)} ${title}\n${details.map((detail) => `      ${detail}`).join('\n')}`;
}

/** A lab's words may aim at the terminal that shows them. */
function printable(text: string): string {
  return text.replace(/[^\u0020-\u007e\u00a0-\uffff]/g, '·').slice(0, 240);
}
