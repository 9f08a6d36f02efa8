// Ships to the browser.
/**
 * Tells what a person typed from what the terminal answers a program's query with: xterm hands over both as the same kind
 * of data. Answers are escape sequences; a key that sends one is known by the key event just before.
 */
export function isTyped(data: string, key: string): boolean {
  const pasted = data.startsWith('\x1b[200~');
  return pasted || data === key || !data.includes('\x1b');
}
