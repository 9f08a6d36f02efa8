import { describe, expect, it } from 'vitest';
import { measureAll } from './measure-all.ts';
import { row } from './row.ts';

const first = row('first', 'ms', [1]);
const last = row('last', 'ms', [2]);
const breaks = async () => Promise.reject(new Error('no lab'));

describe('measureAll', () => {
  it('goes on after a measurement that failed, and names it', async () => {
    const { rows, failed } = await measureAll(
      [
        ['first', async () => [first]],
        ['second', breaks],
        ['last', async () => [last]],
      ],
      new AbortController().signal,
    );
    expect(rows).toEqual([first, last]);
    expect(failed).toEqual(['second']);
  });

  it('ends when it is interrupted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(measureAll([['first', breaks]], signal)).rejects.toThrow('interrupted');
  });
});
