import { describe, expect, it } from 'vitest';
import { labRootOf } from './lab-root.ts';

describe('labRootOf', () => {
  it('reads the mapped root from the data root of an engine with a user map', () => {
    expect(labRootOf('/var/lib/drydock/engine/100000.100001')).toEqual({
      uid: 100000,
      gid: 100001,
    });
  });

  it('is the machine’s root for an engine without one', () => {
    expect(labRootOf('/var/lib/docker')).toEqual({ uid: 0, gid: 0 });
  });
});
