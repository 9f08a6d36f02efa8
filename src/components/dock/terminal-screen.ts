// Ships to the browser, only when a terminal is opened: xterm is most of the site's script.
/** The screen of one terminal: xterm, its addons and what keeps a hostile program's output harmless. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { linkHint, openLink } from './terminal-links.ts';
import type { Size } from './terminal-socket.ts';
import { findMarks, terminalTheme } from './terminal-themes.ts';
import { isTyped } from './typed-input.ts';

const scrollbackLines = 5000;
const titleChars = 60;
/** A few lines; more, and it is an accident that should not come over the shell at once. */
const aheadChars = 1024;
/** While the dock is drawn larger or smaller, the shell is told of where it comes to rest, not of each step. */
const settleMs = 60;
/** Narrower is a window on its way somewhere, and would break every line of the shell's. */
const leastCols = 10;

/** Which of how many places is shown; -1 if they are too many to be numbered. */
export interface Found {
  index: number;
  count: number;
}

export interface ScreenOptions {
  lab: string;
  label: string;
  fontSize: number;
  reader: boolean;
  input: (data: string | Uint8Array<ArrayBuffer>) => void;
  resized: (size: Size) => void;
  titled: (title: string) => void;
  found: (found: Found) => void;
  /** Says true if it has dealt with the key. */
  key: (event: KeyboardEvent) => boolean;
}

export class TerminalScreen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #observer: ResizeObserver;
  readonly #host: HTMLElement;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** While output is replayed nothing leaves the screen: its queries were answered when it was new. */
  #muted = true;
  #webglTried = false;
  /** Whether this viewer sizes and types. */
  #controls = false;
  /** What the last key sends, until it is sent. */
  #key = '';
  /** Typed before the screen was live. */
  #ahead = '';
  readonly #input: ScreenOptions['input'];

  constructor(host: HTMLElement, options: ScreenOptions) {
    this.#host = host;
    this.#input = options.input;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily: getComputedStyle(host).getPropertyValue('--dd-terminal-font'),
      fontSize: options.fontSize,
      linkHandler: this.#links(options.lab, false),
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      screenReaderMode: options.reader,
      scrollback: scrollbackLines,
      theme: terminalTheme(),
    });
    this.#load(options);
    this.#observer = new ResizeObserver(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.fit(), settleMs);
    });
    this.#observer.observe(host);
  }

  #load(options: ScreenOptions): void {
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    const links = this.#links(options.lab, true);
    terminal.loadAddon(new WebLinksAddon(links.activate, links));
    terminal.attachCustomKeyEventHandler((event) => !options.key(event));
    terminal.onKey(({ key }) => (this.#key = key));
    terminal.onData((data) => this.#take(data));
    terminal.onBinary((data) => this.#muted || !this.#controls || options.input(bytesOf(data)));
    terminal.onResize(
      ({ cols, rows }) => this.#muted || !this.#controls || options.resized({ cols, rows }),
    );
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      options.found({ index: resultIndex, count: resultCount }),
    );
    terminal.onTitleChange((title) => options.titled(plainTitle(title)));
    terminal.open(this.#host);
    this.#describe(options.label);
    this.#fit.fit();
  }

  #take(data: string): void {
    const typed = isTyped(data, this.#key);
    this.#key = '';
    if (!this.#muted && this.#controls) this.#input(data);
    else if (this.#muted && typed) this.#ahead = (this.#ahead + data).slice(0, aheadChars);
  }

  #sendAhead(): void {
    const data = this.#ahead;
    this.#ahead = '';
    if (data !== '' && this.#controls) this.#input(data);
  }

  #links(lab: string, plain: boolean) {
    return {
      activate: (event: MouseEvent, address: string) =>
        void openLink(event, { lab, address, plain }),
      hover: (_event: MouseEvent, address: string) => {
        this.#host.title = linkHint(address);
      },
      leave: () => {
        this.#host.title = '';
      },
    };
  }

  #describe(label: string): void {
    this.#terminal.textarea?.setAttribute('aria-label', label);
    this.#terminal.textarea?.setAttribute('aria-describedby', 'dock-hint');
  }

  /** Without WebGL, or when its context is lost, xterm goes on with its DOM renderer. */
  #useWebgl(): void {
    if (this.#webglTried) return;
    this.#webglTried = true;
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.#terminal.loadAddon(webgl);
    } catch {
      // No WebGL here: the DOM renderer is already in place.
    }
  }

  get size(): Size {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Whether a program has the whole screen: an editor, a pager. */
  get fullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  /** `written` is called when the bytes are on the screen. */
  write(bytes: Uint8Array, written: () => void): void {
    this.#terminal.write(bytes, written);
  }

  startReplay({ cols, rows }: Size): void {
    this.#muted = true;
    this.#terminal.reset();
    this.#terminal.resize(cols, rows);
  }

  /** Ends the replay once all of it is on the screen. */
  endReplay(): void {
    this.#terminal.write('', () => {
      this.#muted = false;
      this.fit();
      this.#sendAhead();
      // The prompt first: setting up WebGL takes longer than everything before it.
      setTimeout(() => this.#useWebgl());
    });
  }

  control(controls: boolean): void {
    this.#controls = controls;
    this.#terminal.options.disableStdin = !controls;
    this.fit();
  }

  /** Another viewer has set the size. */
  follow({ cols, rows }: Size): void {
    if (!this.#controls) this.#terminal.resize(cols, rows);
  }

  fit(): void {
    if (this.#muted || !this.#controls) return;
    const size = this.#fit.proposeDimensions();
    if (size && size.cols >= leastCols) this.#fit.fit();
  }

  note(text: string): void {
    this.#terminal.write(`\r\n\x1b[2m${text}\x1b[0m\r\n`);
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  focus(): void {
    this.#terminal.focus();
  }

  set fontSize(pixels: number) {
    this.#terminal.options.fontSize = pixels;
    this.fit();
  }

  set reader(on: boolean) {
    this.#terminal.options.screenReaderMode = on;
  }

  retheme(): void {
    this.#terminal.options.theme = terminalTheme();
  }

  find(words: string, from: 'up' | 'down' | 'newest'): void {
    const decorations = findMarks();
    // Without a selection xterm begins at the end.
    if (from === 'newest') this.#terminal.clearSelection();
    if (from === 'down') this.#search.findNext(words, { decorations });
    else this.#search.findPrevious(words, { decorations });
  }

  stopFinding(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  dispose(): void {
    this.#observer.disconnect();
    clearTimeout(this.#settling);
    this.#terminal.dispose();
  }
}

/** Titles are the lab's words: short, one line, without control or direction marks. */
function plainTitle(title: string): string {
  return title.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, titleChars);
}

function bytesOf(data: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(data, (char) => char.charCodeAt(0) & 255);
}
