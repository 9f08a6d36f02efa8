import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Ids of scenarios with files that differ from `main`, committed or not; a shared file counts for all. */
export async function changedScenarios(labsDir: string): Promise<Set<string>> {
  const git = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await run('git', ['-C', labsDir, ...args]);
    return stdout.split('\n').filter((line) => line !== '');
  };
  const base = await git('merge-base', 'HEAD', 'main').catch(() => ['HEAD']);
  const differing = [
    ...(await git('diff', '--name-only', '--relative', base[0] ?? 'HEAD', '--', '.')),
    ...(await git('ls-files', '--others', '--exclude-standard')),
  ];
  return new Set(differing.map((file) => file.split('/').slice(0, 2).join('/')));
}
