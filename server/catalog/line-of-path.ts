/** Finds the line of a `lab.ts` that a fault is about, well enough to click on. */

/** The line of the last named key of the path, then as many entries further as its index says. 1 if it is not there. */
export function lineOfPath(source: string, path: readonly PropertyKey[]): number {
  const lines = source.split('\n');
  let line = 0;
  for (const part of path) {
    const found =
      typeof part === 'number' ? entryLine(lines, line, part) : keyLine(lines, line, String(part));
    if (found >= 0) line = found;
  }
  return line + 1;
}

function keyLine(lines: string[], from: number, key: string): number {
  const pattern = new RegExp(`(?:^|[{,\\s])${key.replaceAll(/\W/g, '\\$&')}\\s*[:,(]`);
  return lines.findIndex((line, index) => index >= from && pattern.test(line));
}

/** Entries of a list are taken to begin with `{`, a quote, `goal(` or `guard(`, the first one maybe on the key's line. */
function entryLine(lines: string[], from: number, index: number): number {
  const indent = entryIndent(lines, from);
  let seen = -1;
  for (let line = from; line < lines.length; line += 1) {
    const text = lines[line] ?? '';
    const begins =
      line === from
        ? /\[\s*[{'"`]/.test(text)
        : text.startsWith(indent) && /^(?:goal\(|guard\(|[{'"`])/.test(text.slice(indent.length));
    if (begins) seen += 1;
    if (seen === index) return line;
  }
  return -1;
}

function entryIndent(lines: string[], from: number): string {
  const own = /^\s*/.exec(lines[from] ?? '')?.[0] ?? '';
  return `${own}  `;
}
