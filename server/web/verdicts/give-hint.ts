/** The next hint, kept with the lab. */
import { DrydockError } from '../../errors.ts';
import type { HintView } from '../../protocol/api.ts';
import { scenarioOf } from '../sessions/scenario-of.ts';
import type { VerdictContext } from './index.ts';

export async function giveHint(context: VerdictContext, id: string): Promise<HintView> {
  const { catalog, hub, judge, sessions, signal } = context;
  const lab = await sessions.awake(id);
  const all = scenarioOf(catalog, lab).definition.hints;
  const taken = lab.hints.map(({ text }) => all.findIndex((hint) => hint.text === text));
  const { agentId: labId, scenario, seed } = lab;
  const next = await judge.hint({ labId, scenario, seed, taken, signal });
  if (!next) throw new DrydockError('no_more_hints');

  const before = sessions.book.get(id)?.hints ?? [];
  const known = before.find(({ text }) => text === next.text);
  if (known) return known;
  const hint = { number: before.length + 1, text: next.text };
  sessions.book.update(id, { hints: [...before, hint] });
  hub.publish(lab.owner, { type: 'hint', id, hint });
  return hint;
}
