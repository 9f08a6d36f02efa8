/**
 * `npm run check` and `npm test`. Every part counts its tests and failures; the last line adds them up. A part that
 * breaks off counts as one failure, so that a broken gate is never a green one.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { say } from './progress.ts';

const root = join(import.meta.dirname, '..', '..');

interface Count {
  passed: number;
  failed: number;
}
type Part = [name: string, run: () => Promise<Count>];

const quick: Part[] = [
  ['types', () => tool('tsc', ['-p', '.'])],
  [
    'types of the site',
    () =>
      tool('astro', [
        'check',
        '--tsconfig',
        'tsconfig.site.json',
        '--minimumFailingSeverity',
        'warning',
      ]),
  ],
  ['lint', () => tool('eslint', ['.', '--max-warnings=0'])],
  ['format', () => tool('prettier', ['--check', '--log-level=warn', '.'])],
  ['scenarios lint', () => self(['lab', 'lint'])],
  ['unit', () => vitest([])],
];
/** The escape suite is apart: it starves the machine on purpose, and takes minutes. */
const whole: Part[] = [
  ...quick,
  ['lab host', () => vitest(['--config', 'tests/lab-host/vitest.config.ts'])],
  ['proofs', proofs],
  ['browser', browserTests],
];

export async function check(): Promise<void> {
  await runParts(quick);
}

export async function test(): Promise<void> {
  await runParts(whole);
}

async function runParts(parts: Part[]): Promise<void> {
  const total = { passed: 0, failed: 0 };
  const summary: string[] = [];
  for (const [name, run] of parts) {
    say(`\n── ${name} ──`);
    const started = performance.now();
    const count = await run().catch((error: unknown) => {
      say(String(error));
      return { passed: 0, failed: 1 };
    });
    total.passed += count.passed;
    total.failed += count.failed;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    summary.push(
      `${name.padEnd(18)} ${String(count.passed).padStart(5)} passed ${String(count.failed).padStart(4)} failed ${seconds.padStart(6)} s`,
    );
  }
  process.stdout.write(
    `\n${summary.join('\n')}\n\n${String(total.passed)} passed, ${String(total.failed)} failed\n`,
  );
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** A tool that says yes or no counts as one test. */
async function tool(name: string, args: string[]): Promise<Count> {
  return {
    passed: 0,
    failed: 0,
    ...verdictOf(await run(join(root, 'node_modules', '.bin', name), args)),
  };
}

async function self(args: string[]): Promise<Count> {
  return {
    passed: 0,
    failed: 0,
    ...verdictOf(await run(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args])),
  };
}

function verdictOf(exitCode: number): Partial<Count> {
  return exitCode === 0 ? { passed: 1 } : { failed: 1 };
}

const vitestSchema = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  success: z.boolean(),
});

async function vitest(args: string[]): Promise<Count> {
  return withReport(async (file) => {
    await run(join(root, 'node_modules', '.bin', 'vitest'), [
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]);
    const report = vitestSchema.parse(readJson(file));
    // A file that does not load has no failed test of its own.
    return {
      passed: report.numPassedTests,
      failed: Math.max(report.numFailedTests, report.success ? 0 : 1),
    };
  });
}

const proofSchema = z.looseObject({
  scenarios: z.array(z.looseObject({ runs: z.array(z.looseObject({ ok: z.boolean() })) })),
});

/** Each run of a proof is a test. */
async function proofs(): Promise<Count> {
  const { proveAll } = await import('./lab/prove.ts');
  const report = proofSchema.parse(await proveAll(undefined, {}));
  const runs = report.scenarios.flatMap((scenario) => scenario.runs);
  const passed = runs.filter((one) => one.ok).length;
  return { passed, failed: runs.length - passed };
}

const playwrightSchema = z.looseObject({
  stats: z.looseObject({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
});

async function browserTests(): Promise<Count> {
  return withReport(async (file) => {
    const exitCode = await run(join(root, 'node_modules', '.bin', 'playwright'), ['test'], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    });
    if (!existsSync(file)) return { passed: 0, failed: 1 };
    const { stats } = playwrightSchema.parse(readJson(file));
    return {
      passed: stats.expected,
      failed: Math.max(stats.unexpected + stats.flaky, exitCode === 0 ? 0 : 1),
    };
  });
}

async function withReport<T>(use: (file: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-gate-'));
  try {
    return await use(join(dir, 'report.json'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<number> {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env, ASTRO_TELEMETRY_DISABLED: '1' },
  });
  await once(child, 'close');
  return child.exitCode ?? 1;
}
