/** What is missing or wrong in `labs/`, with the line where it is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { chapters } from '../protocol/ids.ts';
import type { ScenarioFolder } from './folders.ts';
import { scenarioFolders } from './folders.ts';
import { lintScripts } from './lint-scripts.ts';
import { lineOfPath } from './line-of-path.ts';
import type { Scenario } from './scenario.ts';
import { loadScenario, loadScripts } from './scenario.ts';

export interface LintFault {
  /** Absolute path. */
  file: string;
  line: number;
  message: string;
}

/** `pattern` limits it to scenarios whose id contains it. */
export async function lintCatalog(labsDir: string, pattern = ''): Promise<LintFault[]> {
  const faults: LintFault[] = [];
  for (const scenario of await scenarioFolders(labsDir)) {
    if (scenario.id.includes(pattern)) faults.push(...(await lintScenario(scenario)));
  }
  return faults;
}

async function lintScenario({ id, folder }: ScenarioFolder): Promise<LintFault[]> {
  const scripts = await lintScripts(folder, await loadScripts(folder));
  if (!chapters.some((chapter) => id.startsWith(`${chapter}/`))) {
    const message = `"${id.split('/')[0]}" is no chapter; those are ${chapters.join(' ')}`;
    return [{ file: join(folder, 'lab.ts'), line: 1, message }, ...scripts];
  }
  try {
    const scenario = await loadScenario(id, folder);
    return [...(await lintDefinition(scenario)), ...lintTexts(scenario), ...scripts];
  } catch (error) {
    return [...(await loadFaults(folder, error)), ...scripts];
  }
}

async function loadFaults(folder: string, error: unknown): Promise<LintFault[]> {
  const file = join(folder, 'lab.ts');
  if (!(error instanceof z.ZodError))
    return [{ file, line: 1, message: `cannot be loaded: ${String(error)}` }];
  const source = await readFile(file, 'utf8');
  return error.issues.map(({ path, message }) => ({
    file,
    line: lineOfPath(source, path),
    message: `${path.join('.')} ${message}`.trim(),
  }));
}

const minHints = 3;

async function lintDefinition({ folder, definition }: Scenario): Promise<LintFault[]> {
  const file = join(folder, 'lab.ts');
  const source = await readFile(file, 'utf8');
  const at = (path: PropertyKey[], message: string): LintFault => ({
    file,
    line: lineOfPath(source, path),
    message,
  });
  const { checks, hints } = definition;
  const count = (kind: string): number => checks.filter((check) => check.kind === kind).length;

  return [
    ...(hints.length < minHints
      ? [at(['hints'], `has ${hints.length} hints; ${minHints} or more are wanted`)]
      : []),
    ...(count('goal') < 1 ? [at(['checks'], 'has no goal')] : []),
    ...(count('guard') < 1 ? [at(['checks'], 'has no guard')] : []),
    ...repeated(checks.map((check) => check.id)).map((index) =>
      at(['checks', index], `the check id "${checks[index]?.id ?? ''}" is there twice`),
    ),
    ...repeated(hints.map((hint) => hint.text)).map((index) =>
      at(['hints', index], 'says the same as an earlier hint'),
    ),
    ...definition.objectives.flatMap((text, index) =>
      /^[A-Z][a-z]+ /.test(text)
        ? []
        : [at(['objectives', index], 'an objective starts with a verb: "Find …"')],
    ),
    ...(definition.title.endsWith('.') ? [at(['title'], 'a title ends without a full stop')] : []),
  ];
}

function repeated(values: string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

/** A brief or debrief shorter than this cannot say what it must. */
const minTextChars = { brief: 200, debrief: 300 };

function lintTexts(scenario: Scenario): LintFault[] {
  return (['brief', 'debrief'] as const).flatMap((name) => {
    const file = join(scenario.folder, `${name}.md`);
    const text = scenario[name].trim();
    if (text === '') return [{ file, line: 1, message: 'is missing or empty' }];
    const runTogether = headLinesRunTogether(file, scenario[name]);
    if (text.length >= minTextChars[name]) return runTogether;
    return [
      ...runTogether,
      {
        file,
        line: 1,
        message: `has ${text.length} characters; ${minTextChars[name]} or more are wanted`,
      },
    ];
  });
}

const headLine = /^\*\*[A-Z]\w*:\*\*/;

/** Markdown joins lines: `From` and `Subject` stand below each other only after a hard break. */
function headLinesRunTogether(file: string, text: string): LintFault[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const next = lines[index + 1] ?? '';
    if (!headLine.test(line) || !headLine.test(next) || /(?:\\| {2})$/.test(line)) return [];
    const message = 'runs together with the next line: end it with a backslash';
    return [{ file, line: index + 1, message }];
  });
}
