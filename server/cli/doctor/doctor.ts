/** `npm run doctor`: what this machine can do, which way `npm start` takes, and what to do about the rest. */
import { release } from 'node:os';
import { loadConfig, type Config } from '../../config.ts';
import { CannotRun } from '../cannot-run.ts';
import { choiceFor } from '../host/bring-up.ts';
import type { Way } from '../host/choose.ts';
import { probeEngine } from '../host/container/index.ts';
import { engineRequirements } from '../host/engine-requirements.ts';
import { requirements, type Requirement } from '../host/requirements.ts';
import { bundle, confinement, images, memory } from './machine.ts';
import { runningLabHost } from './running.ts';

export interface Finding extends Requirement {
  /** Of which way it is; undefined: of both. */
  way?: Way;
}

export interface Diagnosis {
  findings: Finding[];
  /** What `npm start` would do; undefined: it cannot. */
  takes: Way | undefined;
  notes: string[];
}

export async function doctor(options: { json?: boolean }): Promise<void> {
  const { findings, takes, notes } = await diagnose(loadConfig());
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ findings, notes }, null, 2)}\n`
      : page({ findings, takes, notes }),
  );
  if (findings.some((finding) => matters(finding, takes))) process.exitCode = 1;
}

async function diagnose(config: Config): Promise<Diagnosis> {
  const [engine, choice, running] = await Promise.all([
    probeEngine(),
    choiceFor(config).catch((error: unknown) => {
      if (error instanceof CannotRun) return error;
      throw error;
    }),
    runningLabHost(config.agentSocket),
  ]);
  const onLinux = process.platform === 'linux';
  const embedded = [
    ...requirements(config.stateDir),
    ...(onLinux ? [memory(), ...confinement()] : []),
    await images(config.stateDir),
  ];
  return {
    findings: [
      way(choice),
      ...running,
      bundle(config.bundle),
      ...embedded.map((row) => ({ ...row, way: 'embedded' as const })),
      ...engineRequirements(engine).map((row) => ({ ...row, way: 'container' as const })),
    ],
    takes: choice instanceof CannotRun ? undefined : choice.way,
    notes: [
      `${onLinux ? 'Linux' : process.platform} ${release()}`,
      `Node ${process.versions.node}`,
      `state in ${config.stateDir}`,
      `run directory ${config.runDir}`,
    ],
  };
}

function way(choice: Awaited<ReturnType<typeof choiceFor>> | CannotRun): Finding {
  const name = '`npm start`';
  if (choice instanceof CannotRun)
    return { name, ok: false, found: choice.message, todo: choice.todo };
  return { name, ok: true, found: choice.why, todo: '' };
}

/** What is amiss in a way that is not taken keeps nothing from running. */
function matters({ ok, todo, way: of }: Finding, takes: Way | undefined): boolean {
  return !ok && todo !== '' && (of === undefined || of === takes);
}

const titles = {
  embedded: "An engine of Drydock's own on this machine (LAB_HOST=embedded)",
  container: 'A container of a Docker engine that you have (LAB_HOST=container)',
};

export function page({ findings, takes, notes }: Diagnosis): string {
  const of = (part: Way | undefined): string =>
    findings
      .filter((finding) => finding.way === part)
      .map((finding) => line(finding, matters(finding, takes)))
      .join('\n');
  const part = (name: Way): string =>
    `\n${titles[name]}${takes === name ? ': taken' : ''}\n${of(name)}\n`;
  return `${of(undefined)}\n${part('embedded')}${part('container')}\n  ${notes.join(' · ')}\n`;
}

function line({ name, ok, found, todo }: Finding, counts: boolean): string {
  const mark = ok ? '✓' : counts ? '✗' : '·';
  const [first = '', ...more] = found.split('\n');
  const rest = more.map((text) => `\n    ${text}`).join('');
  return `${mark} ${name.padEnd(26)} ${first}${rest}${ok || todo === '' ? '' : `\n  → ${todo}`}`;
}
