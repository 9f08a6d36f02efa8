// Ships to the browser.
/** How the rest of the page talks to the dock, without knowing it. */

export interface ShowLab {
  lab: string;
  /** `turn`: shows this lab if the dock is open, but leaves a hidden dock hidden and the focus where it is. */
  how: 'focus' | 'open' | 'turn';
}

/** Somebody is about to start a lab: the terminal's script may come. */
export function expectTerminal(): void {
  document.dispatchEvent(new CustomEvent('drydock:expect'));
}

/** Shows a lab's terminals. */
export function showLab(lab: string, how: ShowLab['how']): void {
  document.dispatchEvent(new CustomEvent<ShowLab>('drydock:show', { detail: { lab, how } }));
}

/** Types a command into the terminal as a person would; says false if none is open. */
export function typeCommand(text: string): boolean {
  return !document.dispatchEvent(
    new CustomEvent('drydock:type', { detail: text, cancelable: true }),
  );
}
