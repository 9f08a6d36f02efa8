import { describe, expect, it } from 'vitest';
import { usersHere } from './where.ts';

describe('the users there are', () => {
  it('are all of them on a machine', () => {
    expect(usersHere('         0          0 4294967295\n')).toBe(2 ** 32 - 1);
  });

  it('end with what a container is given, in however many pieces', () => {
    expect(usersHere('         0 2000000000    4000000\n')).toBe(4_000_000);
    expect(usersHere('         1     100000      65536\n         0       1000          1\n')).toBe(
      65_537,
    );
    expect(usersHere('         0       1000          1\n    100000     200000      65536\n')).toBe(
      1,
    );
  });
});
