// Ships to the browser.
/** One terminal of a lab: its screen, its socket, and the lines that say how it stands with them. */
import type { TerminalServerMessage } from '../../../server/protocol/terminal.ts';
import { announce } from '../../lib/announce.ts';
import { element } from '../../lib/dom.ts';
import type { Found, TerminalScreen } from './terminal-screen.ts';
import { TerminalSocket, type Connection, type Size } from './terminal-socket.ts';

export interface TabOptions {
  lab: string;
  number: number;
  label: string;
  fontSize: number;
  reader: boolean;
  key: (event: KeyboardEvent) => boolean;
  changed: () => void;
  found: (found: Found) => void;
}

/** A program that printed so lately is likely to be at work, whatever it is called. */
const busyMs = 3_000;

/** Most of the site's script; asked for early where a terminal is likely to open. */
export const loadScreen = () => import('./terminal-screen.ts');

export class TerminalTab {
  readonly number: number;
  readonly element: HTMLElement;
  readonly #host = element('div', { class: 'terminal-host' });
  readonly #line = element('div', { class: 'terminal-line', hidden: true });
  readonly #options: TabOptions;
  readonly #socket: TerminalSocket;
  #screen: TerminalScreen | undefined;
  #waitsForFocus = false;
  #printedAt = 0;
  #disposed = false;
  title = '';

  constructor(options: TabOptions) {
    this.#options = options;
    this.number = options.number;
    this.element = element(
      'div',
      {
        class: 'dock-terminal',
        role: 'tabpanel',
        id: `terminal-${options.number}`,
        'aria-labelledby': `terminal-tab-${options.number}`,
      },
      this.#host,
      this.#line,
    );
    this.#socket = new TerminalSocket(
      { lab: options.lab, number: options.number, size: () => this.#size() },
      {
        bytes: (bytes) => this.#print(bytes),
        message: (message) => this.#receive(message),
        connection: (connection) => this.#show(connection),
      },
    );
  }

  /** Loads xterm if it is not there yet, then connects, unless it is connected. */
  async start(): Promise<void> {
    await this.prepare();
    if (!this.#disposed) this.#socket.open();
  }

  /** The screen can be ready before the lab is. */
  async prepare(): Promise<void> {
    const { TerminalScreen: Screen } = await loadScreen();
    if (this.#disposed) return;
    this.#screen ??= new Screen(this.#host, {
      ...this.#options,
      input: (data) => this.#socket.input(data),
      resized: (size) => this.#socket.send({ type: 'resize', ...size }),
      titled: (title) => {
        this.title = title;
        this.#options.changed();
      },
      key: (event) => this.#key(event),
    });
    if (this.#waitsForFocus) this.focus();
  }

  get screen(): TerminalScreen | undefined {
    return this.#screen;
  }

  get live(): boolean {
    return this.#socket.connection === 'live';
  }

  /** Whether something else than a shell at its prompt would be lost. */
  get busy(): boolean {
    if (!this.live) return false;
    // The prompt sets the directory as title, a command itself (labs/_images/lab/files/etc/bash.bashrc).
    const runs = this.title !== '' && !/^[~/]/.test(this.title);
    return runs || this.#screen?.fullScreen === true || Date.now() - this.#printedAt < busyMs;
  }

  focus(): void {
    this.#waitsForFocus = this.#screen === undefined;
    this.#screen?.focus();
  }

  input(data: string): void {
    this.#socket.input(data);
  }

  /** Ends the shell itself, not only this view of it. */
  end(): void {
    // Only who types may end it, and this is the page where somebody just said so.
    this.#socket.send({ type: 'take-control' });
    this.#socket.send({ type: 'close' });
    this.dispose();
  }

  dispose(): void {
    this.#disposed = true;
    this.#socket.close();
    this.#screen?.dispose();
    this.element.remove();
  }

  #print(bytes: Uint8Array): void {
    if (this.live) this.#printedAt = Date.now();
    this.#screen?.write(bytes, () => this.#socket.processed(bytes.length));
  }

  #size(): Size {
    return this.#screen?.size ?? { cols: 80, rows: 24 };
  }

  #key(event: KeyboardEvent): boolean {
    if (this.#socket.connection === 'ended' && event.type === 'keydown' && event.key === 'Enter') {
      this.#socket.open();
      return true;
    }
    return this.#options.key(event);
  }

  #receive(message: TerminalServerMessage): void {
    switch (message.type) {
      case 'replay':
        this.#screen?.startReplay(message);
        this.#takeRole(message.role);
        break;
      case 'live':
        this.#screen?.endReplay();
        break;
      case 'resize':
        this.#screen?.follow(message);
        break;
      case 'role':
        this.#takeRole(message.role);
        break;
      case 'exit':
        this.#screen?.note(
          `The shell ended (exit code ${message.exitCode}). Press Enter for a new one.`,
        );
        break;
      case 'error':
        this.#say(`${message.message} ${message.hint}`);
        break;
      case 'beat':
    }
  }

  #takeRole(role: 'control' | 'watch'): void {
    this.#screen?.control(role === 'control');
    if (role === 'control') return this.#say('');
    const take = element('button', { type: 'button', class: 'button' }, 'Take control');
    take.addEventListener('click', () => this.#socket.send({ type: 'take-control' }));
    this.#say('Another page types here; you watch.', take);
  }

  #show(connection: Connection): void {
    this.element.dataset['connection'] = connection;
    this.#options.changed();
    if (connection === 'reconnecting') {
      this.#say('Connection lost; reconnecting …');
      announce('The terminal lost its connection.');
    } else if (connection === 'live' && this.#line.dataset['lost'] === 'true') {
      announce('The terminal is connected again.');
    }
    this.#line.dataset['lost'] = String(connection === 'reconnecting');
  }

  #say(text: string, ...more: Node[]): void {
    this.#line.hidden = text === '';
    this.#line.replaceChildren(text, ...more);
  }
}
