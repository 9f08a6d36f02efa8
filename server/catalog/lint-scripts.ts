/** Lints a scenario's scripts: the ones it must have, and whether bash can read them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LintFault } from './lint.ts';
import type { Script, ScriptKind } from './scenario.ts';

const wanted: Record<ScriptKind, { count: number; file: string }> = {
  break: { count: 1, file: 'break.sh' },
  fix: { count: 1, file: 'fix.sh' },
  cheat: { count: 2, file: 'cheat-*.sh' },
};

export async function lintScripts(folder: string, scripts: Script[]): Promise<LintFault[]> {
  const faults = (['break', 'fix', 'cheat'] as const).flatMap((kind) =>
    lintCount(folder, kind, scripts),
  );
  for (const script of scripts)
    faults.push(...(await lintScript(join(folder, script.name), script.text)));
  return faults;
}

function lintCount(folder: string, kind: ScriptKind, scripts: Script[]): LintFault[] {
  const { count, file } = wanted[kind];
  const own = scripts.filter((script) => script.kind === kind);
  const named = kind === 'cheat' || own.some((script) => script.name === file);
  if (own.length >= count && named) return [];
  const message = count === 1 ? 'is missing' : `${own.length} found; ${count} or more are wanted`;
  return [{ file: join(folder, file), line: 1, message }];
}

async function lintScript(file: string, text: string): Promise<LintFault[]> {
  if (text.trim() === '') return [{ file, line: 1, message: 'is empty' }];
  const first = text.split('\n', 1)[0] ?? '';
  if (first.startsWith('#!') && !/\bbash\b/.test(first)) {
    return [{ file, line: 1, message: 'is run by bash; its first line names another program' }];
  }
  return syntaxFaults(file);
}

const run = promisify(execFile);
const bashFault = /line (\d+): (.*)/;

async function syntaxFaults(file: string): Promise<LintFault[]> {
  try {
    await run('env', ['LC_ALL=C', 'bash', '-n', file]);
    return [];
  } catch (error) {
    const output =
      error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const [, line = '1', message = output.trim()] = bashFault.exec(output) ?? [];
    return [{ file, line: Number(line), message }];
  }
}
