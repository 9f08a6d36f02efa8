import type { Hint, LabDefinition, LabView } from '../../labs/define-lab.ts';
import type { NextHint } from './worker-messages.ts';

/** The first hint not taken yet that answers the state that is there. */
export async function nextHint(
  { hints }: Pick<LabDefinition, 'hints'>,
  lab: LabView,
  taken: number[],
): Promise<NextHint | undefined> {
  for (const [index, hint] of hints.entries()) {
    if (!taken.includes(index) && (await applies(hint, lab))) return { index, text: hint.text };
  }
  return undefined;
}

/** A condition that cannot be asked is not met; the hints without one are left. */
async function applies(hint: Hint, lab: LabView): Promise<boolean> {
  try {
    return (await hint.when?.(lab)) ?? true;
  } catch {
    return false;
  }
}
