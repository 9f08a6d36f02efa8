import { describe, expect, it } from 'vitest';
import { landsInside } from './entry-way.ts';

describe('an entered process', () => {
  it("is in the lab's cgroups when all of them are the root that the lab sees, or below it", () => {
    expect(landsInside('4:memory:/\n3:pids:/\n1:name=systemd:/init.scope\n0::/\n')).toBe(true);
    expect(landsInside('0::/init.scope\n')).toBe(true);
  });

  it('is not when one of them lies above', () => {
    expect(landsInside('4:memory:/../..\n3:pids:/\n')).toBe(false);
    expect(landsInside('0::/../../init\n')).toBe(false);
    expect(landsInside('')).toBe(false);
  });
});
