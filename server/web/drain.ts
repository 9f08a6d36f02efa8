/**
 * Before an update or the end of a machine: no new lab is made, those that run go on. It outlives a restart, since a crash
 * or a reboot in between must not open the door again; a server of another version is what was waited for, and opens it.
 */
import type { EventHub } from './events/hub.ts';
import type { Logger } from './logger.ts';
import type { SwitchTable } from './store/index.ts';

export interface Drain {
  on: () => boolean;
  /** Milliseconds since 1970; undefined while it is off. */
  since: () => number | undefined;
  /** Tells every page. */
  set: (on: boolean) => void;
  /** Until the returned function is called. */
  onChange: (listener: (on: boolean) => void) => () => void;
}

export interface DrainOptions {
  switches: SwitchTable;
  version: string;
  hub: EventHub;
  log: Logger;
  now?: () => number;
}

export function createDrain({ switches, version, hub, log, now = Date.now }: DrainOptions): Drain {
  let record = switches.drain();
  const listeners = new Set<(on: boolean) => void>();
  if (record && record.version !== version) {
    log.info({ drained: record.version, version }, 'drain is over: this is another version');
    switches.setDrain((record = undefined));
  }
  return {
    on: () => record !== undefined,
    since: () => record?.at,
    set: (on) => {
      if (on === (record !== undefined)) return;
      record = on ? { at: now(), version } : undefined;
      switches.setDrain(record);
      log.info({ draining: on }, on ? 'drain: no new labs' : 'drain is over');
      hub.broadcast({ type: 'server', draining: on });
      for (const listener of listeners) listener(on);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
