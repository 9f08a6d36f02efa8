// Ships to the browser.
/** Text as the catalogue's filter compares it: without case, line breaks and Markdown's marks. */
export function searchText(source: string): string {
  return source
    .toLowerCase()
    .replaceAll(/[`*\\|]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Whether each word that was asked for is in the text, in any order; a pasted error has its words broken elsewhere. */
export function hasWords(text: string, wanted: string): boolean {
  return searchText(wanted)
    .split(' ')
    .every((word) => text.includes(word));
}
