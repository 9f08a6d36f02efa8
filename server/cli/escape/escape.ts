/**
 * `npm run escape`: real attempts to get out of a lab, each with the defence that stops it, and a control without it.
 * They are made beside the lab host: where that is a container, in there; those of a browser, here.
 */
import { CannotRun } from '../cannot-run.ts';
import type { UsedLabHost } from '../host/use-lab-host.ts';
import { useLabHost } from '../host/use-lab-host.ts';
import { say, step } from '../progress.ts';
import { browserAttempts, labHostAttempts } from './attempts/index.ts';
import { attemptInContainer } from './in-container.ts';
import { line, reportOf, table, type EscapeReport, type Finding } from './report.ts';
import { runAttempts } from './run-attempts.ts';
import { openPageStages, openStages } from './stage/open-stage.ts';

export interface EscapeOptions {
  json?: boolean;
  /** Part of an attempt's id or class. */
  only?: string;
  /** Leave out those that need a browser. */
  withoutBrowser?: boolean;
}

export async function escape(options: EscapeOptions): Promise<void> {
  const report = await escapeAll(options);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 2)}\n` : table(report),
  );
  process.exitCode = report.escaped === 0 ? 0 : 1;
}

export async function escapeAll({
  only,
  withoutBrowser = false,
}: Omit<EscapeOptions, 'json'>): Promise<EscapeReport> {
  const isChosen = ({ id, class: name }: { id: string; class: string }): boolean =>
    only === undefined || id.includes(only) || name.includes(only);
  const besideLabHost = labHostAttempts.filter(isChosen);
  const byBrowser = withoutBrowser ? [] : browserAttempts.filter(isChosen);
  if (besideLabHost.length + byBrowser.length === 0)
    throw new CannotRun(
      `No attempt matches ${only ?? 'anything'}.`,
      'Leave --only away to see them all.',
    );
  const tell = (finding: Finding): void => {
    say(line(finding));
  };
  const started = performance.now();
  const findings = await useLabHost(async (used) => {
    const pages = async (): Promise<Finding[]> => {
      await using stages = openPageStages(used);
      return await runAttempts(stages, byBrowser, tell);
    };
    const inside = async (): Promise<Finding[]> => {
      if (besideLabHost.length === 0) return [];
      if (used.host.kind === 'container') return attemptInContainer(used.host, only);
      return attemptHere(used, besideLabHost, tell);
    };
    // A machine that is starved on purpose is no place for a browser meanwhile.
    return [...(await pages()), ...(await inside())];
  });
  return reportOf(findings, (performance.now() - started) / 1000);
}

async function attemptHere(
  used: UsedLabHost,
  chosen: typeof labHostAttempts,
  tell: (finding: Finding) => void,
): Promise<Finding[]> {
  await using stages = await step('labs to attack', () => openStages(used));
  return await runAttempts(stages, chosen, tell);
}
