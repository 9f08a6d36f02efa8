import { describe, expect, it } from 'vitest';
import { definitionSchema } from './definition.ts';

const definition = (hint: string): unknown => ({
  title: 'The page does not come up',
  minutes: 10,
  difficulty: 'easy',
  tags: ['logs'],
  objectives: ['Find out from its log why a container ended'],
  curriculum: ['S1-1'],
  hold: 'none',
  hints: [{ text: hint }],
  checks: [{ id: 'a', kind: 'goal', title: 'It answers', run: () => Promise.resolve() }],
});

describe('a definition', () => {
  it('takes hints of up to 600 characters', () => {
    expect(definitionSchema.safeParse(definition('h'.repeat(600))).error?.issues).toBeUndefined();
    expect(definitionSchema.safeParse(definition('h'.repeat(601))).success).toBe(false);
  });
});
