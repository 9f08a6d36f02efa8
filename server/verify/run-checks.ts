import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, LabDefinition, LabView } from '../../labs/define-lab.ts';
import { maxSeenChars, type CheckResult } from '../protocol/verdict.ts';
import { mapAtMost } from './map-at-most.ts';
import { Unaskable } from './unaskable.ts';

export interface RunChecks {
  definition: Pick<LabDefinition, 'checks'>;
  lab: LabView;
  /** Ids of the checks to run; without it, all. */
  only?: string[] | undefined;
  signal: AbortSignal;
  /** A check's own fault, for the log: the learner is told that it could not be asked. */
  onFault?: (id: string, error: unknown) => void;
}

const maxChecksAtOnce = 8;
export const defaultCheckMs = 5_000;
export const maxCheckMs = 20_000;

export function runChecks({ definition, only, ...run }: RunChecks): Promise<CheckResult[]> {
  const wanted = definition.checks.filter(({ id }) => only?.includes(id) ?? true);
  return mapAtMost(maxChecksAtOnce, wanted, (check) => runCheck(check, run));
}

async function runCheck(
  check: Check,
  { lab, signal, onFault }: Omit<RunChecks, 'definition' | 'only'>,
): Promise<CheckResult> {
  signal.throwIfAborted();
  const withinMs = Math.min(check.timeoutMs ?? defaultCheckMs, maxCheckMs);
  using timer = abortable(signal);
  try {
    const late = sleep(withinMs, undefined, { signal: timer.signal }).then(() => {
      throw new Unaskable(`No answer within ${String(withinMs / 1000)} s.`);
    });
    const { pass, seen, wanted } = await Promise.race([check.run(lab), late]);
    return result(check, pass ? 'pass' : 'fail', seen, wanted);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Unaskable) return result(check, 'unknown', error.message, '');
    onFault?.(check.id, error);
    return result(check, 'unknown', 'The check itself failed; tell whoever runs this server.', '');
  }
}

export function result(
  { id, kind, title }: Pick<Check, 'id' | 'kind' | 'title'>,
  status: CheckResult['status'],
  seen: string,
  wanted: string,
): CheckResult {
  return { id, kind, title, status, seen: clean(seen), wanted: clean(wanted) };
}

/** Text of the learner's, fit to be shown: nothing that moves a cursor or turns the direction of writing. */
function clean(text: string): string {
  const plain = text.replace(/[^\P{Cc}\n\t]|\p{Cf}|\p{Cs}/gu, '');
  return plain.length <= maxSeenChars
    ? plain
    : `${plain.slice(0, maxSeenChars).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function abortable(outer: AbortSignal): Disposable & { signal: AbortSignal } {
  const inner = new AbortController();
  return {
    signal: AbortSignal.any([outer, inner.signal]),
    [Symbol.dispose]: () => {
      inner.abort();
    },
  };
}
