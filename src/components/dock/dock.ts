// Ships to the browser.
/**
 * `<drydock-dock>`: the terminals at the edge of the window. It stays in the document while one moves between pages
 * (`frame/navigation.ts`); after a reload it opens what was open, and the terminals' replay restores their screens.
 */
import { maxTerminalsPerLab } from '../../../server/protocol/limits.ts';
import { announce } from '../../lib/announce.ts';
import { ask } from '../../lib/ask.ts';
import { part } from '../../lib/dom.ts';
import { isOverHttp } from '../../lib/page-socket.ts';
import { labById, state as serverState, subscribe, watch } from '../../lib/store.ts';
import { copySelection, pasteInto } from './dock-clipboard.ts';
import { takeShowRequests, type ShowLab } from './dock-events.ts';
import { DockFind } from './dock-find.ts';
import { sizeByGrip } from './dock-grip.ts';
import { crossOver, DockKeyboard, keySequences } from './dock-keyboard.ts';
import {
  loadSetup,
  loadShown,
  saveSetup,
  saveShown,
  type Setup,
  type Shown,
} from './dock-memory.ts';
import { showLabel } from './dock-label.ts';
import { DockNotice, noticeOf } from './dock-notice.ts';
import { onRoomChange, placeDock, sideOf } from './dock-place.ts';
import { showPanes, showTabs, wireTabs } from './dock-tabs.ts';
import { loadScreen, type TerminalTab } from './terminal-tab.ts';
import { Terminals } from './terminals.ts';

const smallestFont = 9;
const largestFont = 28;
const full = `A lab has at most ${maxTerminalsPerLab} terminals. End one first.`;

const overHttp =
  'WebSockets are blocked on the way to the server: the terminal works over HTTP instead.';

const endQuestion = ({ number, title }: TerminalTab) => ({
  title: `End terminal ${number}?`,
  text: 'Its shell and whatever runs in it are ended.',
  ...(title !== '' && { quote: title }),
  yes: 'End it',
});

class DrydockDock extends HTMLElement {
  #setup: Setup = loadSetup();
  #terminals: Terminals | undefined;
  #folded = false;
  #watching = new AbortController();
  readonly #notice = new DockNotice(this);
  readonly #find = new DockFind(this, () => this.#terminals?.active);
  readonly #keyboard = new DockKeyboard(this, (tool) => this.#use(tool));

  connectedCallback(): void {
    this.#wireControls();
    this.#wirePage();
    const shown = loadShown();
    if (shown) this.#open(shown);
    else this.#render();
    takeShowRequests((request) => this.#show(request));
    subscribe(() => this.#follow(), new AbortController().signal);
  }

  #wireControls(): void {
    wireTabs(part(this, '[data-tabs]', HTMLElement), {
      select: (number) => {
        this.#terminals?.select(number);
        this.#terminals?.active?.focus();
      },
      end: (number) => void this.#end(number),
    });
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      const key = button?.dataset['key'];
      if (key) this.#press(key);
      else if (button?.value) this.#use(button.value);
    });
    sizeByGrip(part(this, '[data-grip]', HTMLElement), {
      side: () => sideOf(this.#setup),
      get: () => this.#setup[sideOf(this.#setup)],
      set: (percent) => this.#change({ [sideOf(this.#setup)]: percent }),
      done: () => saveSetup(this.#setup),
    });
  }

  #wirePage(): void {
    document.addEventListener('drydock:type', (event) => this.#type(event as CustomEvent<string>));
    document.addEventListener('drydock:note', (event) =>
      this.#notice.pass((event as CustomEvent<string>).detail),
    );
    document.addEventListener('drydock:expect', () => void loadScreen(), { once: true });
    // Another page may be about another lab than the terminals are.
    document.addEventListener('astro:page-load', () => this.#follow());
    crossOver(this, () => this.#use('show'));
    onRoomChange(() => this.#render());
    new MutationObserver(() => this.#eachScreen((screen) => screen.retheme())).observe(
      document.documentElement,
      {
        attributeFilter: ['data-theme'],
      },
    );
  }

  #show({ lab, how }: ShowLab): void {
    if (this.#terminals?.lab !== lab)
      this.#open({ lab, tabs: [1], panes: [1], hidden: how === 'turn' && this.#folded });
    if (how !== 'turn') this.#fold(false);
    if (how === 'focus') this.#terminals?.active?.focus();
  }

  #open(shown: Shown): void {
    this.#close();
    this.#folded = shown.hidden;
    this.#terminals = new Terminals(shown, () => this.#setup, {
      key: (event) => this.#keyboard.takes(event),
      changed: () => this.#render(),
      found: (found) => this.#find.found(found),
    });
    this.#watching = new AbortController();
    watch(shown.lab, this.#watching.signal);
    this.#follow();
    this.#render();
  }

  #close(): void {
    this.#watching.abort();
    this.#terminals?.dispose();
    this.#terminals = undefined;
  }

  /** Keeps in step with the lab: connects when it can be reached, goes when it is gone. */
  #follow(): void {
    const terminals = this.#terminals;
    if (!terminals || serverState.server !== 'online') return;
    const lab = labById(terminals.lab);
    if (!lab || lab.state === 'expired' || lab.state === 'failed') {
      this.#close();
      announce('The lab has ended.');
      return this.#render();
    }
    terminals.reach(['ready', 'checking', 'paused'].includes(lab.state));
    showLabel(this, lab, serverState.course);
    this.#notice.stand(noticeOf(lab));
    this.#sayTransport();
  }

  /** Once in words, then as a mark. */
  #sayTransport(): void {
    const mark = part(this, '[data-over-http]', HTMLElement);
    if (isOverHttp() && mark.hidden) this.#notice.pass(overHttp);
    mark.hidden = !isOverHttp();
  }

  #use(tool: string): void {
    const terminals = this.#terminals;
    const screen = terminals?.active?.screen;
    const { fontSize, reader, side } = this.#setup;
    const tools: Record<string, () => unknown> = {
      new: () => terminals && this.#add(terminals),
      split: () => terminals?.split(),
      find: () => this.#find.open(),
      'find-next': () => this.#find.find('down'),
      'find-close': () => this.#find.close(),
      copy: () => screen && copySelection(screen),
      paste: () => screen && pasteInto(screen),
      smaller: () => this.#keep({ fontSize: Math.max(smallestFont, fontSize - 1) }),
      larger: () => this.#keep({ fontSize: Math.min(largestFont, fontSize + 1) }),
      reader: () => this.#keep({ reader: !reader }),
      side: () => this.#keep({ side: side === 'right' ? 'bottom' : 'right' }),
      hide: () => this.#fold(true),
      show: () => this.#fold(false),
    };
    tools[tool]?.();
    if (tool === 'show') terminals?.active?.focus();
  }

  async #add(terminals: Terminals): Promise<void> {
    if (!(await terminals.add())) this.#notice.pass(full);
  }

  async #end(number: number): Promise<void> {
    const terminals = this.#terminals;
    const tab = terminals?.tabs.find((one) => one.number === number);
    if (tab && (!tab.busy || (await ask(endQuestion(tab))))) terminals?.end(tab);
  }

  #type(event: CustomEvent<string>): void {
    const tab = this.#terminals?.active;
    if (!tab?.live) return;
    event.preventDefault();
    this.#fold(false);
    tab.input(`${event.detail.trimEnd().replaceAll('\n', '\r')}\r`);
    tab.focus();
  }

  #press(key: string): void {
    this.#terminals?.active?.input(keySequences[key] ?? '');
    this.#terminals?.active?.focus();
  }

  #fold(folded: boolean): void {
    const hadFocus = this.contains(document.activeElement);
    this.#folded = folded;
    this.#render();
    if (folded && hadFocus) part(this, '[data-show]', HTMLButtonElement).focus();
  }

  #keep(changes: Partial<Setup>): void {
    this.#change(changes);
    saveSetup(this.#setup);
  }

  #change(changes: Partial<Setup>): void {
    this.#setup = { ...this.#setup, ...changes };
    placeDock(this, this.#setup, this.#terminals !== undefined && !this.#folded);
    this.#eachScreen((screen) => {
      if (changes.fontSize !== undefined) screen.fontSize = changes.fontSize;
      if (changes.reader !== undefined) screen.reader = changes.reader;
    });
  }

  #eachScreen(work: (screen: NonNullable<TerminalTab['screen']>) => void): void {
    for (const { screen } of this.#terminals?.tabs ?? []) if (screen) work(screen);
  }

  #render(): void {
    const terminals = this.#terminals;
    this.hidden = terminals === undefined;
    part(this, '[data-dock]', HTMLElement).hidden = this.#folded;
    part(this, '[data-show]', HTMLButtonElement).hidden = !this.#folded;
    placeDock(this, this.#setup, terminals !== undefined && !this.#folded);
    if (!terminals) return saveShown(undefined);
    showTabs(part(this, '[data-tabs]', HTMLElement), terminals);
    showPanes(part(this, '[data-panes]', HTMLElement), terminals);
    part(this, '[value="split"]', HTMLElement).setAttribute(
      'aria-pressed',
      String(terminals.panes.length > 1),
    );
    const plus = part(this, '[value="new"]', HTMLElement);
    // Not `disabled`: who presses it is to be told why it does nothing.
    plus.setAttribute('aria-disabled', String(terminals.full));
    plus.title = terminals.full ? full : 'New terminal';
    const tabs = terminals.tabs.map(({ number }) => number);
    saveShown({ lab: terminals.lab, tabs, panes: [...terminals.panes], hidden: this.#folded });
  }
}

customElements.define('drydock-dock', DrydockDock);
