/** What an HTTP question brought, in a short sentence for `seen`. */
import type { HttpView } from '../define-lab.ts';

const shownChars = 160;

export function httpWords(url: string, answer: HttpView): string {
  if (answer.status === 0) return `${url}: ${answer.error}`;
  const text = answer.text.replace(/\s+/g, ' ').trim();
  return `${url} answers ${String(answer.status)}: ${text.length > shownChars ? `${text.slice(0, shownChars)}…` : text}`;
}
