/** Follows one lab while it is in use: its engine's events, a slow beat, what is typed. */
import type { LabRecord } from '../store/index.ts';
import type { HoldGuard } from './hold-guard.ts';
import { newHoldGuard, typedInto } from './hold-guard.ts';
import type { VerdictContext } from './index.ts';
import { createRunner } from './runner.ts';
import type { Runner } from './runner.ts';

export interface Follower extends Disposable, Pick<Runner, 'poke' | 'urgent'> {
  hold: HoldGuard;
  use: (watched: boolean) => Disposable;
  typed: (lab: LabRecord) => void;
  /** The lab's record changed. */
  refresh: () => void;
}

/** For what no event of the engine announces, while somebody looks. */
const slowBeatMs = 5_000;

export function createFollower(
  context: VerdictContext,
  id: string,
  run: (follower: Follower) => Promise<void>,
): Follower {
  const runner = createRunner(() => run(follower));
  let users = 0;
  let watchers = 0;
  /** The lab whose engine is followed now. */
  let followed: { agentId: string; stop: AbortController } | undefined;
  /** The lab that the hold's guard is about; a reset brings another one. */
  let guarded: string | undefined;
  const beat = setInterval(() => {
    if (watchers > 0) runner.poke();
  }, slowBeatMs);

  const refresh = (): void => {
    const lab = context.sessions.book.get(id);
    if (lab && lab.agentId !== null && lab.agentId !== guarded) {
      guarded = lab.agentId;
      follower.hold.armed = true;
    }
    const agentId = users > 0 && lab?.phase === 'ready' ? lab.agentId : null;
    if (agentId === (followed?.agentId ?? null)) return;
    followed?.stop.abort();
    followed = undefined;
    if (agentId === null) return;
    const stop = new AbortController();
    followed = { agentId, stop };
    const signal = AbortSignal.any([stop.signal, context.signal]);
    context.agent.engineEvents(agentId, { signal, onChange: runner.poke });
    runner.poke();
  };

  const follower: Follower = {
    hold: newHoldGuard(),
    poke: runner.poke,
    urgent: runner.urgent,
    refresh,
    typed: (lab) => typedInto(follower.hold, lab.verdict),
    use: (watched) => {
      users += 1;
      watchers += Number(watched);
      refresh();
      runner.poke();
      return once(() => {
        users -= 1;
        watchers -= Number(watched);
        refresh();
      });
    },
    [Symbol.dispose]: () => {
      clearInterval(beat);
      followed?.stop.abort();
      runner[Symbol.dispose]();
    },
  };
  return follower;
}

function once(undo: () => void): Disposable {
  let done = false;
  return {
    [Symbol.dispose]: () => {
      if (!done) undo();
      done = true;
    },
  };
}
