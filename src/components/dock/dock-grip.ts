// Ships to the browser.
/** The edge that sizes the dock: by pointer, and by arrow keys where it has the focus. */

const stepPercent = 4;
const leastPercent = 20;
const mostPercent = 80;

export function sizeByGrip(
  grip: HTMLElement,
  dock: {
    side: () => 'right' | 'bottom';
    get: () => number;
    set: (percent: number) => void;
    done: () => void;
  },
): void {
  const set = (percent: number): void =>
    dock.set(Math.min(mostPercent, Math.max(leastPercent, percent)));

  grip.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener('pointermove', (event) => {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    set(
      dock.side() === 'right'
        ? ((innerWidth - event.clientX) / innerWidth) * 100
        : ((innerHeight - event.clientY) / innerHeight) * 100,
    );
  });
  grip.addEventListener('pointerup', () => dock.done());
  grip.addEventListener('keydown', (event) => {
    const steps = stepsOf(event.key);
    if (steps === undefined) return;
    event.preventDefault();
    set(dock.get() + steps * stepPercent);
    dock.done();
  });
}

/** Left and up make a dock at the right or bottom larger, as they move its edge that way. */
function stepsOf(key: string): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowUp':
      return 1;
    case 'ArrowRight':
    case 'ArrowDown':
      return -1;
    case 'Home':
      return -100;
    case 'End':
      return 100;
  }
  return undefined;
}
