import { describe, expect, it } from 'vitest';
import { sourceLines } from './debian-sources.ts';

describe('sourceLines', () => {
  it('asks the mirrors of this machine for another release', () => {
    const targets =
      'Debian main http://mirror/debian/\nDebian-Security main http://mirror/security/\n';
    expect(sourceLines(targets, 'trixie')).toEqual([
      'deb http://mirror/debian/ trixie main',
      'deb http://mirror/debian/ trixie-updates main',
      'deb http://mirror/security/ trixie-security main',
    ]);
  });

  it('has none for another distribution, for https and for a machine without apt', () => {
    expect(sourceLines('Ubuntu main http://mirror/ubuntu/\n', 'trixie')).toEqual([]);
    expect(sourceLines('Debian main https://mirror/debian/\n', 'trixie')).toEqual([]);
    expect(sourceLines('', 'trixie')).toEqual([]);
  });
});
