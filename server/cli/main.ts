/** The commands. Each is a file; what it prints on stdout is its result, progress and errors go to stderr. */
import { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { DrydockError } from '../errors.ts';
import { BundleError } from './bundle/read-bundle.mjs';
import { CannotRun } from './cannot-run.ts';
import type { EscapeOptions } from './escape/escape.ts';
import type { ProveOptions } from './lab/prove.ts';
import type { TryOptions } from './lab/try.ts';

interface JsonOption {
  json?: boolean;
}

const program = new Command('drydock').description(
  'Learn to troubleshoot Docker by repairing broken ones.',
);
program.exitOverride((error) => {
  process.exit(error.exitCode === 0 ? 0 : 2);
});

program
  .command('start')
  .description('everything up, on http://127.0.0.1:4400 (PORT); Ctrl-C ends it')
  .option('--yes', 'install missing packages without asking')
  .action(async (options: { yes?: boolean }) => (await import('./start/start.ts')).start(options));

program
  .command('bundle')
  .description('write all that a machine without a network needs into one file')
  .option('--output <file>', 'default: beside the checkout, where `npm start` finds it')
  .option('--verify <file>', 'only check such a file')
  .action(async (options: { output?: string; verify?: string }) =>
    (await import('./bundle/bundle.ts')).bundle(options),
  );

program
  .command('images')
  .description('build the images of server/deploy/compose.yaml')
  .action(async () => (await import('./host/container/index.ts')).buildComposeImages());

const lab = program.command('lab').description('scenarios and labs');
lab
  .command('list')
  .description('the scenarios there are')
  .option('--json')
  .action(async (options: JsonOption) => (await import('./lab/list.ts')).list(options));
lab
  .command('prove')
  .description('show for each scenario that fixes are accepted and cheats refused')
  .argument('[pattern]', 'part of a scenario id')
  .option('--seed <n>', 'which variant', Number)
  .option('--changed', 'only those that differ from the last commit on main')
  .option('--parallel <n>', 'labs at once', Number)
  .option('--json')
  .action(async (pattern: string | undefined, options: ProveOptions) =>
    (await import('./lab/prove.ts')).prove(pattern, options),
  );
lab
  .command('try')
  .description('fresh lab, break it, run a script as the repair, print the verdict')
  .argument('<scenario>')
  .requiredOption('--script <file>', 'the repair, for bash; - for stdin')
  .option('--seed <n>', 'which variant', Number)
  .option('--json')
  .action(async (scenario: string, options: TryOptions) =>
    (await import('./lab/try.ts')).tryScript(scenario, options),
  );
lab
  .command('shell')
  .description('a broken lab in this terminal')
  .argument('<scenario>')
  .option('--seed <n>', 'which variant', Number)
  .action(async (scenario: string, options: { seed?: number }) =>
    (await import('./lab/shell.ts')).shell(scenario, options),
  );
lab
  .command('new')
  .description('a scenario to start from')
  .argument('<chapter/slug>')
  .action(async (id: string) => (await import('./lab/new.ts')).newScenario(id));
lab
  .command('lint')
  .description('file and line of what is missing or wrong in labs/')
  .option('--json')
  .action(async (options: JsonOption) => (await import('./lab/lint.ts')).lint(options));
lab
  .command('backup')
  .description('progress and secrets in one new file, while the server runs')
  .argument('<file>')
  .action(async (file: string) => (await import('./lab/backup.ts')).backup(file));
lab
  .command('drain')
  .description('no new labs until the server is updated; those that run go on')
  .option('--off', 'new labs again')
  .action(async (options: { off?: boolean }) => (await import('./lab/drain.ts')).drain(options));
lab
  .command('down')
  .description('end everything that runs')
  .action(async () => (await import('./lab/down.ts')).down());
lab
  .command('clean')
  .description('end everything that runs and remove all state')
  .option('--yes', 'do not ask')
  .action(async (options: { yes?: boolean }) => (await import('./lab/down.ts')).clean(options));

program
  .command('doctor')
  .description('what this machine can do, and what to do about the rest')
  .option('--json')
  .action(async (options: JsonOption) => (await import('./doctor/doctor.ts')).doctor(options));
program
  .command('bench')
  .description('measure what must be fast')
  .option('--json')
  .option('--only <row>', 'one row of the table')
  .action(async (options: JsonOption & { only?: string }) =>
    (await import('./bench/bench.ts')).bench(options),
  );
program
  .command('escape')
  .description("try, as root in a lab and as another web page, to reach what is not the learner's")
  .option('--json')
  .option('--only <pattern>')
  .option('--without-browser', 'leave out what a page in a browser tries')
  .action(async (options: EscapeOptions) => (await import('./escape/escape.ts')).escape(options));
program
  .command('check')
  .description('types, lint, unit tests')
  .action(async () => (await import('./gate.ts')).check());
program
  .command('test')
  .description('the whole gate: types, lint, unit, proofs, browser')
  .action(async () => (await import('./gate.ts')).test());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 2;
}

function explain(error: unknown): string {
  if (error instanceof CannotRun || error instanceof BundleError)
    return `${error.message}\n→ ${error.todo}`;
  if (error instanceof ConfigError) return error.message;
  if (error instanceof DrydockError) return `${error.message}\n→ ${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
