import { describe, expect, it } from 'vitest';
import { maxDepth, maxItems, maxNodes, parseHostileJson } from './hostile-json.ts';
import { Unaskable } from './unaskable.ts';

describe('JSON from a lab', () => {
  it('is read as it is, brackets and quotes in its strings included', () => {
    const value = { 'a"]}{,': ['\\', '\\"', '[[[', 1.5, null, true, {}] };
    expect(parseHostileJson(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    ['empty', ''],
    ['cut short', '{"a": [1, 2'],
    ['cut in a string', '"abc\\'],
    ['something else', '<html>'],
    ['closed too often', ']]]]{}'],
    ['too deep', '['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1)],
    ['deep for ever', '[{"a":'.repeat(600_000)],
    ['wide', `[${'0,'.repeat(maxItems)}0]`],
    ['wide in a hidden place', `{"a":{"b":[${'{},'.repeat(maxItems)}{}]}}`],
    ['many', `[${Array.from({ length: 900 }, () => `[${'{},'.repeat(30)}{}]`).join()}]`],
  ])('is refused where it is %s', (_, text) => {
    expect(() => parseHostileJson(text)).toThrow(Unaskable);
  });

  it('of the largest size is refused or read within moments', () => {
    const begin = performance.now();
    expect(() => parseHostileJson(`["${'\\\\'.repeat(2_000_000)}`)).toThrow(Unaskable);
    expect(() => parseHostileJson('"\\"'.repeat(1_000_000))).toThrow(Unaskable);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('may hold as much as an engine has', () => {
    const containers = Array.from({ length: 300 }, () => ({
      Id: 'x',
      Ports: [{}, {}],
      Labels: {},
      Networks: { a: {}, b: {} },
    }));
    expect(parseHostileJson(JSON.stringify(containers))).toHaveLength(300);
    expect(maxNodes).toBeGreaterThan(300 * 8);
  });
});
