/**
 * Sockets of a page over plain HTTP, for where a proxy lets no WebSocket through. One tunnel carries all sockets of a page,
 * since browsers allow six connections to an origin: its answer is a stream that stays open, and what the page says
 * comes in numbered batches, one at a time. Shared with the page, so without zod.
 *
 *   POST /api/tunnels                      → 200, a stream of frames; the first is `ready`, with the tunnel's name
 *   POST /api/tunnels/:tunnel?batch=N      frames, N = 0, 1, 2 …; → 204. A batch that came already is not taken twice,
 *                                          so that one whose answer got lost can be sent again
 *
 * A frame: channel (u16), kind (u8), length of the payload (u32), payload; big endian. The page numbers the channels.
 */
export const frameKinds = {
  /** Page: opens a channel; the path and query of the WebSocket that it stands for. */
  open: 0,
  /** A socket's text frame. */
  text: 1,
  /** A socket's binary frame. */
  bytes: 2,
  /** Both: the channel is closed; JSON `{code, reason}`, a WebSocket's. */
  close: 3,
  /** Server: the tunnel's name. Channel 0, as no other. */
  ready: 4,
} as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

export interface TunnelFrame {
  channel: number;
  kind: FrameKind;
  payload: Uint8Array<ArrayBuffer>;
}

/** As much as a WebSocket's frame may have. */
export const maxPayloadBytes = 4 * 1024 * 1024;
/** What the page puts into one batch; more waits for the next. */
export const maxBatchBytes = 1024 * 1024;
/** The page sends a batch at least so often, an empty one if need be … */
export const tunnelBeatMs = 20_000;
/** … and is taken for gone after such a silence: browsers let a hidden page run once a minute. */
export const tunnelSilenceMs = 150_000;

const headBytes = 7;

export function encodeFrame(
  channel: number,
  kind: FrameKind,
  payload: Uint8Array | string,
): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const frame = new Uint8Array(headBytes + bytes.length);
  const head = new DataView(frame.buffer);
  head.setUint16(0, channel);
  head.setUint8(2, kind);
  head.setUint32(3, bytes.length);
  frame.set(bytes, headBytes);
  return frame;
}

/** Cuts a stream into frames, however it was cut before. */
export class FrameReader {
  #rest = new Uint8Array(0);

  /** The frames that are whole now. Throws on what is none. */
  read(chunk: Uint8Array): TunnelFrame[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const frames: TunnelFrame[] = [];
    let at = 0;
    for (;;) {
      const frame = frameAt(bytes, at);
      if (!frame) break;
      frames.push(frame);
      at += headBytes + frame.payload.length;
    }
    this.#rest = bytes.slice(at);
    return frames;
  }

  /** Whether the stream has ended within a frame. */
  get cut(): boolean {
    return this.#rest.length > 0;
  }
}

function frameAt(bytes: Uint8Array<ArrayBuffer>, at: number): TunnelFrame | undefined {
  if (bytes.length - at < headBytes) return undefined;
  const head = new DataView(bytes.buffer, at, headBytes);
  const kind = kindOf(head.getUint8(2));
  const length = head.getUint32(3);
  if (kind === undefined || length > maxPayloadBytes) throw new Error('That is no frame.');
  const from = at + headBytes;
  if (bytes.length < from + length) return undefined;
  return { channel: head.getUint16(0), kind, payload: bytes.slice(from, from + length) };
}

function kindOf(value: number): FrameKind | undefined {
  return Object.values(frameKinds).find((kind) => kind === value);
}
