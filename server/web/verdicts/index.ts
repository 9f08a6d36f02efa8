/**
 * Live verdicts: re-judges labs that are in use whenever something may have changed in them, and has the restart done
 * once all is green. Knows which labs are looked at, not by whom.
 */
import type { AgentClient } from '../../agent-client/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { HintView } from '../../protocol/api.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import type { Judge } from '../../verify/index.ts';
import type { EventHub } from '../events/hub.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Store } from '../store/index.ts';
import { createFollower } from './follower.ts';
import type { Follower } from './follower.ts';
import { giveHint } from './give-hint.ts';
import { checkByButton, judgeLive } from './judge-lab.ts';

export interface VerdictContext {
  agent: AgentClient;
  catalog: Catalog;
  hub: EventHub;
  judge: Pick<Judge, 'check' | 'hint'>;
  log: Logger;
  metrics: Metrics;
  sessions: Sessions;
  store: Store;
  now: () => number;
  signal: AbortSignal;
}

export interface Verdicts extends Disposable {
  /** Follows the lab until it is disposed of; `watched` also re-asks it on a slow beat. */
  use: (id: string, how: { watched: boolean }) => Disposable;
  /** The Check button: all checks, hold included. Wakes the lab. */
  check: (id: string) => Promise<Verdict>;
  /** The next hint that fits the state. */
  hint: (id: string) => Promise<HintView>;
}

export function createVerdicts(
  options: Omit<VerdictContext, 'signal' | 'now'> & { now?: () => number },
): Verdicts {
  const stop = new AbortController();
  const context: VerdictContext = { now: Date.now, ...options, signal: stop.signal };
  const { sessions } = context;
  const followers = new Map<string, Follower>();

  const followerOf = (id: string): Follower => {
    const known = followers.get(id);
    if (known) return known;
    const made = createFollower(context, id, (follower) => judgeLive(context, id, follower.hold));
    followers.set(id, made);
    return made;
  };

  sessions.book.onChange(({ id, now }) => {
    followers.get(id)?.refresh();
    if (now) return;
    followers.get(id)?.[Symbol.dispose]();
    followers.delete(id);
  });
  sessions.onTyped((id, what) => {
    const lab = sessions.book.get(id);
    if (what === 'quiet') followers.get(id)?.poke();
    else if (lab) followers.get(id)?.typed(lab);
  });

  return {
    use: (id, { watched }) => followerOf(id).use(watched),
    check: async (id) => {
      await sessions.awake(id);
      const follower = followerOf(id);
      return follower.urgent(() => checkByButton(context, id, follower.hold));
    },
    hint: (id) => giveHint(context, id),
    [Symbol.dispose]: () => {
      stop.abort();
      for (const follower of followers.values()) follower[Symbol.dispose]();
    },
  };
}
