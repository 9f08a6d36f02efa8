// Ships to the browser.
/** The terminals of the lab that the dock shows: which are open, which are visible. It knows no markup around them. */
import { maxTerminalsPerLab } from '../../../server/protocol/limits.ts';
import { Fault, getTerminals } from '../../lib/api.ts';
import type { Setup, Shown } from './dock-memory.ts';
import { TerminalTab, type TabOptions } from './terminal-tab.ts';

type TerminalEvents = Pick<TabOptions, 'key' | 'changed' | 'found'>;

export class Terminals {
  readonly lab: string;
  readonly #setup: () => Setup;
  readonly #on: TerminalEvents;
  #tabs: TerminalTab[] = [];
  /** Numbers of the visible ones; the first is the one that was used last. */
  #panes: number[] = [];
  #reachable = false;
  #disposed = false;
  /** Ended here; the lab may list them until their programs are gone. */
  readonly #ending = new Set<number>();

  constructor(
    shown: Pick<Shown, 'lab' | 'tabs' | 'panes'>,
    setup: () => Setup,
    on: TerminalEvents,
  ) {
    this.lab = shown.lab;
    this.#setup = setup;
    this.#on = on;
    this.#tabs = shown.tabs.map((number) => this.#make(number));
    this.#panes = shown.panes.filter((number) => shown.tabs.includes(number)).slice(0, 2);
    if (this.#panes.length === 0) this.#panes = shown.tabs.slice(0, 1);
  }

  get tabs(): readonly TerminalTab[] {
    return this.#tabs;
  }

  get panes(): readonly number[] {
    return this.#panes;
  }

  get active(): TerminalTab | undefined {
    return this.#tabs.find((tab) => tab.number === this.#panes[0]);
  }

  /** Whether the lab has as many as it may. */
  get full(): boolean {
    return this.#tabs.length >= maxTerminalsPerLab;
  }

  /** Connects when the lab can be reached, and again when it is as new. */
  reach(reachable: boolean): void {
    const before = this.#reachable;
    this.#reachable = reachable;
    for (const tab of this.#tabs) {
      if (!reachable) void tab.prepare();
      else if (!before) void tab.start();
    }
    if (reachable && !before) void this.#join();
  }

  /** A new one, which is never one that another page has; says false if the lab has as many as it may. */
  async add(): Promise<boolean> {
    await this.#join();
    if (this.#disposed) return true;
    const number = this.#freeNumber();
    if (number === undefined) return false;
    this.#insert(number);
    // Beside the active one, if two are to be seen: that stays in sight.
    this.#panes = [number, ...(this.#panes.length > 1 ? this.#panes.slice(0, 1) : [])];
    this.#on.changed();
    this.active?.focus();
    return true;
  }

  select(number: number): void {
    this.#panes = this.#panes.includes(number)
      ? [number, ...this.#panes.filter((pane) => pane !== number)]
      : [number, ...this.#panes.slice(1)];
    this.#on.changed();
  }

  /** Ends a shell; the last one is replaced by a new one. */
  end(ended: TerminalTab): void {
    if (!this.#tabs.includes(ended)) return;
    this.#tabs = this.#tabs.filter((tab) => tab !== ended);
    this.#panes = this.#panes.filter((pane) => pane !== ended.number);
    ended.end();
    this.#ending.add(ended.number);
    if (this.#tabs.length === 0) return void this.add();
    if (this.#panes.length === 0) this.#panes = [this.#tabs.at(-1)?.number ?? 1];
    this.#on.changed();
    this.active?.focus();
  }

  /** Two beside each other, or one again. */
  async split(): Promise<void> {
    const [first] = this.#panes;
    if (first === undefined) return;
    if (this.#panes.length > 1) this.#panes = [first];
    else {
      const other = this.#tabs.find((tab) => tab.number !== first);
      if (!other && !(await this.add())) return;
      this.#panes = other ? [first, other.number] : [...this.#panes.slice(0, 1), first];
    }
    this.#on.changed();
  }

  dispose(): void {
    this.#disposed = true;
    for (const tab of this.#tabs) tab.dispose();
    this.#tabs = [];
  }

  #freeNumber(): number | undefined {
    const used = new Set([...this.#tabs.map((tab) => tab.number), ...this.#ending]);
    return Array.from({ length: maxTerminalsPerLab }, (_, index) => index + 1).find(
      (number) => !used.has(number),
    );
  }

  /** Takes in what runs in the lab: other pages may have opened it, or this one in an earlier life. */
  async #join(): Promise<void> {
    if (!this.#reachable) return;
    const running = await getTerminals(this.lab).catch(nothingIfFault);
    if (!running || this.#disposed) return;
    for (const number of this.#ending) if (!running.includes(number)) this.#ending.delete(number);
    const known = new Set([...this.#tabs.map((tab) => tab.number), ...this.#ending]);
    const others = running.filter((number) => !known.has(number));
    for (const number of others) this.#insert(number);
    if (others.length > 0) this.#on.changed();
  }

  #insert(number: number): void {
    const tab = this.#make(number);
    this.#tabs = [...this.#tabs, tab].sort((a, b) => a.number - b.number);
    if (this.#reachable) void tab.start();
  }

  #make(number: number): TerminalTab {
    const { fontSize, reader } = this.#setup();
    const tab = new TerminalTab({
      lab: this.lab,
      number,
      label: `Terminal ${number}`,
      fontSize,
      reader,
      ...this.#on,
    });
    tab.element.addEventListener('focusin', () => number === this.#panes[0] || this.select(number));
    return tab;
  }
}

/** A server that does not answer is no reason to have no terminal: then this page knows its own alone. */
function nothingIfFault(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error;
}
