/** `npm run escape`: real attempts to get out of a lab, each with the defence that stops it, and a control without it. */
import { CannotRun } from '../cannot-run.ts';
import { useLabHost } from '../host/use-lab-host.ts';
import { say } from '../progress.ts';
import { attempts } from './attempts/index.ts';
import { line, reportOf, table, type EscapeReport } from './report.ts';
import { runAttempts } from './run-attempts.ts';

export interface EscapeOptions {
  json?: boolean;
  /** Part of an attempt's id or class. */
  only?: string;
}

export async function escape(options: EscapeOptions): Promise<void> {
  const report = await escapeAll(options);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 2)}\n` : table(report),
  );
  process.exitCode = report.escaped === 0 ? 0 : 1;
}

export async function escapeAll({ only }: Pick<EscapeOptions, 'only'>): Promise<EscapeReport> {
  const chosen = attempts.filter(
    ({ id, class: name }) => only === undefined || id.includes(only) || name.includes(only),
  );
  if (chosen.length === 0)
    throw new CannotRun(
      `No attempt matches ${only ?? 'anything'}.`,
      'Leave --only away to see them all.',
    );
  const started = performance.now();
  const findings = await useLabHost((host) =>
    runAttempts(host, chosen, (finding) => {
      say(line(finding));
    }),
  );
  return reportOf(findings, (performance.now() - started) / 1000);
}
