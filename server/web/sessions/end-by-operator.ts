/** The operator ends a learner's lab: it stays in the book with the reason, so that its page says what happened. */
import { DrydockError } from '../../errors.ts';
import type { SessionContext } from './context.ts';
import type { Ending } from './ending.ts';
import { isLive } from './phases.ts';

export async function endByOperator(
  { book, hub }: Pick<SessionContext, 'book' | 'hub'>,
  ending: Ending,
  id: string,
  message: string,
): Promise<void> {
  const lab = book.get(id);
  if (!lab || !isLive(lab)) throw new DrydockError('no_such_lab');
  const text = `The operator ended this lab${message === '' ? '.' : `: ${message}`}`;
  await ending.end(id, 'stopped', text);
  hub.publish(lab.owner, { type: 'message', id, level: 'warning', text });
}
