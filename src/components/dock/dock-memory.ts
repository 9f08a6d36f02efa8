// Ships to the browser.
/** What the dock remembers: how it is set up, for good; what it shows, while this browser tab lives. */

export interface Setup {
  side: 'right' | 'bottom';
  /** Share of the window, in percent, per side. */
  right: number;
  bottom: number;
  fontSize: number;
  reader: boolean;
}

export interface Shown {
  lab: string;
  /** Numbers of the open terminals, in the order of their tabs. */
  tabs: number[];
  /** One or two of them that are visible. */
  panes: number[];
  hidden: boolean;
}

const setupKey = 'drydock-dock';
const shownKey = 'drydock-dock-shown';
const standard: Setup = { side: 'right', right: 52, bottom: 45, fontSize: 14, reader: false };

export function loadSetup(): Setup {
  const stored = read(localStorage, setupKey);
  return {
    side: stored['side'] === 'bottom' ? 'bottom' : 'right',
    right: within(stored['right'], 20, 80, standard.right),
    bottom: within(stored['bottom'], 15, 85, standard.bottom),
    fontSize: within(stored['fontSize'], 9, 28, standard.fontSize),
    reader: stored['reader'] === true,
  };
}

export const saveSetup = (setup: Setup): void => write(localStorage, setupKey, setup);

export function loadShown(): Shown | undefined {
  const { lab, tabs, panes, hidden } = read(sessionStorage, shownKey);
  if (typeof lab !== 'string' || !isNumbers(tabs) || !isNumbers(panes)) return undefined;
  return { lab, tabs, panes, hidden: hidden === true };
}

export function saveShown(shown: Shown | undefined): void {
  if (shown) write(sessionStorage, shownKey, shown);
  else sessionStorage.removeItem(shownKey);
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' ? Math.min(most, Math.max(least, value)) : otherwise;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one));
}

function read(storage: Storage, key: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function write(storage: Storage, key: string, value: object): void {
  storage.setItem(key, JSON.stringify(value));
}
