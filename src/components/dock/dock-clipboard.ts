// Ships to the browser.
/** Clipboard, only ever at the learner's own key or click: a lab has no way to it. */
import { note } from './dock-events.ts';
import type { TerminalScreen } from './terminal-screen.ts';

export async function copySelection(screen: TerminalScreen): Promise<void> {
  const text = screen.selection;
  if (text === '') return note('Nothing is selected.');
  screen.focus();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not a secure context, or refused: xterm answers the browser's own copy command with its selection.
    document.execCommand('copy');
  }
  note('Copied.');
}

export async function pasteInto(screen: TerminalScreen): Promise<void> {
  screen.focus();
  try {
    screen.paste(await navigator.clipboard.readText());
  } catch {
    note('The browser does not let a button paste here. Press Ctrl+Shift+V.');
  }
}
