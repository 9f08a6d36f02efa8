/** Progress of long work on stderr, so that stdout stays free for a result; one line that is rewritten on a terminal. */
const { stderr } = process;
const live = stderr.isTTY;
const timings: { step: string; seconds: number }[] = [];

/** Runs `work`, says what it does and how long it took. `tell` changes the words meanwhile. */
export async function step<T>(
  name: string,
  work: (tell: (text: string) => void) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let text = '';
  let shown = '';
  const show = (end: string): void => {
    const line = `  ${name}${text === '' ? '' : ` · ${text}`}`;
    if (live) stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns || 80) - 10)} ${end}`);
    else if (shown !== line) stderr.write(`${line}\n`);
    shown = line;
  };
  const seconds = (): number => (performance.now() - started) / 1000;
  const timer = live
    ? setInterval(() => {
        show(`${seconds().toFixed(0)} s`);
      }, 500)
    : undefined;
  if (live) show('');
  try {
    return await work((words) => {
      text = words;
      show('');
    });
  } finally {
    clearInterval(timer);
    text = '';
    if (live) stderr.write(`\r\u001b[K`);
    stderr.write(`  ${name.padEnd(34)} ${seconds().toFixed(1).padStart(6)} s\n`);
    timings.push({ step: name, seconds: seconds() });
  }
}

/** May be said in the middle of a step, whose line it then replaces. */
export function say(text: string): void {
  stderr.write(`${live ? '\r\u001b[K' : ''}${text}\n`);
}
