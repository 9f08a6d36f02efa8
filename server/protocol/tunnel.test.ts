import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader, frameKinds, maxPayloadBytes } from './tunnel.ts';

describe('a stream of frames', () => {
  const frames = [
    encodeFrame(1, frameKinds.open, '/api/events'),
    encodeFrame(
      65_535,
      frameKinds.bytes,
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
    ),
    encodeFrame(2, frameKinds.text, ''),
    encodeFrame(3, frameKinds.close, '{"code":4001}'),
  ];
  const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]));

  it.each([1, 2, 5, 7, 64, 10_000])('is read as it was written, cut every %i bytes', (size) => {
    const reader = new FrameReader();
    const read = [];
    for (let at = 0; at < stream.length; at += size)
      read.push(...reader.read(stream.subarray(at, at + size)));
    expect(read.map(({ channel, kind, payload }) => encodeFrame(channel, kind, payload))).toEqual(
      frames,
    );
    expect(reader.cut).toBe(false);
  });

  it('says when it ends within a frame', () => {
    const reader = new FrameReader();
    reader.read(stream.subarray(0, stream.length - 1));
    expect(reader.cut).toBe(true);
  });

  it.each([
    ['a kind that is none', [0, 1, 9, 0, 0, 0, 0]],
    ['a length that is too large', [0, 1, 2, ...bigEndian(maxPayloadBytes + 1)]],
  ])('refuses %s', (_title, bytes) => {
    expect(() => new FrameReader().read(Uint8Array.from(bytes))).toThrow('no frame');
  });
});

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}
