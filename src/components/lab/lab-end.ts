// Ships to the browser.
import { endLab } from '../../lib/api.ts';
import { ask } from '../../lib/ask.ts';
import { dropLab } from '../../lib/store.ts';

const question = {
  title: 'End the lab?',
  text: 'The lab and everything in it are gone then. What you have solved stays solved.',
  yes: 'End',
};

export async function endWithQuestion(id: string): Promise<void> {
  if (!(await ask(question))) return;
  await endLab(id);
  dropLab(id);
}
