import { createInterface } from 'node:readline/promises';
import type { LabHost } from '../host/lab-host.ts';

/** Asks before labs are lost that somebody has in hand; a second Ctrl-C is a yes. */
export async function confirmEnd(host: LabHost): Promise<boolean> {
  const inUse = await labsInUse(host);
  if (inUse === 0 || !process.stdin.isTTY) return true;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const secondInterrupt = new Promise<string>((resolve) => {
    lines.once('SIGINT', () => {
      resolve('y');
    });
  });
  const question = `\n${String(inUse)} ${inUse === 1 ? 'lab is' : 'labs are'} in use and will be lost. End anyway? [y/N] `;
  const answer = await Promise.race([lines.question(question), secondInterrupt]);
  lines.close();
  return /^y/i.test(answer.trim());
}

/** The pool's labs have nobody who looks at them. */
async function labsInUse({ client }: LabHost): Promise<number> {
  const labs = await client.list().catch(() => []);
  return labs.filter((lab) => lab.viewers > 0).length;
}
