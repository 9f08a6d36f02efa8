// Ships to the browser.
/** How the rest of the page talks to the dock, without knowing it. */

export interface ShowLab {
  lab: string;
  /** `turn`: shows this lab if the dock is open, but leaves a hidden dock hidden and the focus where it is. */
  how: 'focus' | 'open' | 'turn';
}

let dock: ((request: ShowLab) => void) | undefined;
/** Asked for before the dock's own script had come: pages load their scripts in any order. */
let waiting: ShowLab | undefined;

/** Somebody is about to start a lab: the terminal's script may come. */
export function expectTerminal(): void {
  document.dispatchEvent(new CustomEvent('drydock:expect'));
}

/** Shows a lab's terminals, as soon as the dock is there. */
export function showLab(lab: string, how: ShowLab['how']): void {
  if (dock) return dock({ lab, how });
  // A page that merely turns to its lab does not take back that somebody asked to type in it.
  if (how !== 'turn' || waiting?.lab !== lab) waiting = { lab, how };
}

/** The dock is there: `show` gets what was asked for meanwhile, and every request from now on. */
export function takeShowRequests(show: (request: ShowLab) => void): void {
  dock = show;
  if (waiting) show(waiting);
  waiting = undefined;
}

/** Says in the dock, and aloud, what came of something that was done in it. */
export function note(text: string): void {
  document.dispatchEvent(new CustomEvent('drydock:note', { detail: text }));
}

/** Types a command into the terminal as a person would; says false if none is open. */
export function typeCommand(text: string): boolean {
  return !document.dispatchEvent(
    new CustomEvent('drydock:type', { detail: text, cancelable: true }),
  );
}
