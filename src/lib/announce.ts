// Ships to the browser.
/** Says something to screen readers, politely; what comes in quick succession is said together. */
const gatherMs = 150;
let waiting: string[] = [];

export function announce(words: string): void {
  waiting.push(words);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const region = document.getElementById('announcer');
    if (region) region.textContent = waiting.join(' ');
    waiting = [];
  }, gatherMs);
}
