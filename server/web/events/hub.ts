/** Carries events to the pages and tools of the learner they belong to. */
import type { PageEvent } from '../../protocol/api.ts';

export type EventListener = (event: PageEvent) => void;

export interface EventHub {
  publish: (owner: string, event: PageEvent) => void;
  /** To everybody's. */
  broadcast: (event: PageEvent) => void;
  /** Until the returned function is called. */
  subscribe: (owner: string, listener: EventListener) => () => void;
}

export function createEventHub(): EventHub {
  const listeners = new Map<string, Set<EventListener>>();
  return {
    publish: (owner, event) => listeners.get(owner)?.forEach((listener) => listener(event)),
    broadcast: (event) => listeners.forEach((own) => own.forEach((listener) => listener(event))),
    subscribe: (owner, listener) => {
      const own = listeners.get(owner) ?? new Set();
      listeners.set(owner, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(owner) === own) listeners.delete(owner);
      };
    },
  };
}
