/**
 * Hashes of the inline scripts of the built site, for its content security policy. They are those of all pages: with
 * client-side navigation the next page's scripts run under the policy of the page that was loaded first.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The site is read again when a page turns up that is new or was built again. */
export function createInlineScripts(
  siteDir: string,
): (file: string, mtimeMs: number) => readonly string[] {
  let hashes: readonly string[] = [];
  let known = new Map<string, number>();
  return (file, mtimeMs) => {
    if (known.get(file) === mtimeMs) return hashes;
    const pages = globSync('**/*.html', { cwd: siteDir }).map((page) => join(siteDir, page));
    known = new Map(pages.map((page) => [page, statSync(page).mtimeMs]));
    hashes = [...new Set(pages.flatMap((page) => scriptHashes(readFileSync(page, 'utf8'))))];
    return hashes;
  };
}

const script = /<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi;
/** Data, not code: browsers do not run it, whatever the policy says. */
const data = /\btype\s*=\s*["']?(?:application\/(?:ld\+)?json|text\/plain)/i;

export function scriptHashes(html: string): string[] {
  const hashes = [...html.matchAll(script)].flatMap(([, attributes = '', text = '']) =>
    /\bsrc\s*=/i.test(attributes) || data.test(attributes) || text === '' ? [] : [hashOf(text)],
  );
  return [...new Set(hashes)];
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
