import { describe, expect, it } from 'vitest';
import { hasWords, searchText } from './search-text.ts';

const brief = searchText(`**From:** Marit\\
The page shows nothing but

\`\`\`
{"error":"Error -2 connecting to cache:6379. Name or service not known."}
\`\`\``);

describe('hasWords', () => {
  it.each([
    'name or service not known',
    'Error -2 connecting to cache:6379.\n  Name or service',
    '  marit ',
    '`{"error":"Error`',
    '',
  ])('finds %j in a brief', (wanted) => {
    expect(hasWords(brief, wanted)).toBe(true);
  });

  it('does not find what is not there', () => {
    expect(hasWords(brief, 'name connection refused')).toBe(false);
  });
});
