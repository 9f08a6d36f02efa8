import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');

describe('readSettings', () => {
  it('gives each setting of the example file its explanation', () => {
    const groups = readSettings(example);
    const names = groups.flatMap(({ settings }) => settings.map(({ name }) => name));
    const wanted = example.match(/^[A-Z_]+(?==)/gm);
    expect(names).toEqual(wanted);
    expect(new Set(names).size).toBe(names.length);
    expect(groups.filter(({ text }) => text.length < 20)).toEqual([]);
  });

  it('keeps settings together that one comment explains', () => {
    expect(readSettings('# The file.\n\n# Where it\n# listens.\nHOST=::1\nPORT=1\n')).toEqual([
      {
        text: 'Where it listens.',
        settings: [
          { name: 'HOST', byDefault: '::1' },
          { name: 'PORT', byDefault: '1' },
        ],
      },
    ]);
  });

  it('refuses a setting without a word', () => {
    expect(() => readSettings('PORT=1\n')).toThrow('does not explain PORT');
  });
});
