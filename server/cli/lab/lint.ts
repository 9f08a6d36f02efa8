import { relative } from 'node:path';
import { loadConfig } from '../../config.ts';
import { lintCatalog } from '../../catalog/index.ts';

export async function lint(options: { json?: boolean }): Promise<void> {
  const faults = await lintCatalog(loadConfig().labsDir);
  if (options.json === true) process.stdout.write(`${JSON.stringify(faults, null, 2)}\n`);
  else
    for (const { file, line, message } of faults)
      process.stdout.write(`${relative(process.cwd(), file)}:${String(line)} ${message}\n`);
  if (faults.length > 0) process.exitCode = 1;
  else if (options.json !== true) process.stdout.write('Nothing is missing or wrong in labs/.\n');
}
