/** For unit tests alone: a labs folder with one scenario that is right, to be made wrong. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface LabsFolder extends AsyncDisposable {
  path: string;
  write: (file: string, text: string) => Promise<void>;
  remove: (file: string) => Promise<void>;
}

export async function labsFolder(ids: string[] = ['networking/no-answer']): Promise<LabsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'labs-'));
  await cp(join(import.meta.dirname, '../../labs/define-lab.ts'), join(path, 'define-lab.ts'));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  };
  await write('_images/lab.ts', 'throw new Error("not a scenario")');
  for (const id of ids) {
    for (const [file, text] of Object.entries(goodScenario)) await write(`${id}/${file}`, text);
  }
  return {
    path,
    write,
    remove: (file) => rm(join(path, file), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export const goodScenario: Record<string, string> = {
  'lab.ts': `import { defineLab, goal, guard, outcome } from '../../define-lab.ts';

export default defineLab({
  title: 'The shop answers nobody',
  minutes: 10,
  difficulty: 'easy',
  tags: ['dns'],
  objectives: ['Find which name is asked for'],
  curriculum: ['S5-12'],
  hold: { container: 'web' },
  hints: [
    { text: 'Ask the web server itself first.' },
    { text: 'Look at who resolves its names.' },
    { text: 'Compare the two networks.' },
  ],
  checks: [
    goal('answers', 'The shop answers', async () => outcome(false, 'nothing', 'a page')),
    guard('data', 'The orders are kept', async () => outcome(true, 'there', 'there')),
  ],
  seeds: 3,
});
`,
  'brief.md': `The shop is down. ${'It was up yesterday. '.repeat(20)}`,
  'debrief.md': `# What it was\n\n${'A name that nobody knew. '.repeat(20)}`,
  'break.sh':
    '#!/usr/bin/env bash\nset -euo pipefail\ncat "$FILES/page.html"\necho "seed $SEED"\ncat\n',
  'fix.sh': 'echo repaired\n',
  'fix-other.sh': 'echo repaired otherwise\n',
  'cheat-delete.sh': 'echo deleted\n',
  'cheat-once.sh': 'echo once\n',
  'files/page.html': '<p>hello</p>\n',
};
