/** The server's end of a tunnel: frames of many channels on one answer that stays open, and batches that come in order. */
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DrydockError } from '../../../errors.ts';
import type { TunnelFrame } from '../../../protocol/tunnel.ts';
import { encodeFrame, FrameReader, frameKinds, tunnelSilenceMs } from '../../../protocol/tunnel.ts';
import { closeCodes } from '../close-codes.ts';
import type { PageSocket } from '../page-socket.ts';
import { beatOn } from '../keep-alive.ts';
import { TunnelChannel } from './channel.ts';

/** Eight terminals of a lab, events, and what is about to close. */
const maxChannels = 32;
/** More input than this that a lab does not take makes the page wait with its next batch. */
const maxHeldBytes = 1024 * 1024;

/** Finds out where a path leads and lets the socket in there; throws what stands in the way. */
export type Admit = (path: string, socket: PageSocket) => void;

export class Tunnel {
  /** Not to be guessed: a batch is taken from who knows it, and is its learner. */
  readonly name = randomBytes(18).toString('base64url');
  readonly #response: ServerResponse;
  readonly #admit: Admit;
  readonly #channels = new Map<number, TunnelChannel>();
  #nextBatch = 0;
  #silence: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, admit: Admit) {
    this.#response = response;
    this.#admit = admit;
    response.once('close', () => this.#gone());
    response.write(encodeFrame(0, frameKinds.ready, this.name));
    this.#heard();
  }

  /**
   * Takes a batch, unless it came already. Resolves when there is room for the next one; throws for one that is none
   * or comes before its turn, after which the tunnel is no use any more.
   */
  async take(number: number, batch: Buffer): Promise<void> {
    this.#heard();
    if (number < this.#nextBatch) return;
    const frames = number === this.#nextBatch ? framesOf(batch) : undefined;
    if (!frames) {
      this.close(closeCodes.policy, 'not a batch of the protocol');
      throw new DrydockError('bad_request', { detail: 'That is not the next batch of frames.' });
    }
    this.#nextBatch += 1;
    for (const frame of frames) this.#frame(frame);
    await this.#room();
  }

  close(code: number, reason: string): void {
    for (const channel of this.#channels.values()) channel.close(code, reason);
    this.#response.end();
  }

  #frame({ channel: number, kind, payload }: TunnelFrame): void {
    if (kind === frameKinds.open) return this.#open(number, Buffer.from(payload).toString());
    const channel = this.#channels.get(number);
    if (kind === frameKinds.close) {
      this.#channels.delete(number);
      channel?.end();
    } else channel?.take(Buffer.from(payload), kind === frameKinds.bytes);
  }

  #open(number: number, path: string): void {
    if (this.#channels.has(number)) return this.close(closeCodes.policy, 'the channel is open');
    const channel = new TunnelChannel({
      write: (kind, payload, written) => {
        if (kind === frameKinds.close) this.#channels.delete(number);
        this.#response.write(encodeFrame(number, kind, payload), () => written?.());
      },
      buffered: () => this.#response.writableLength,
    });
    this.#channels.set(number, channel);
    try {
      if (this.#channels.size > maxChannels) throw new DrydockError('too_many_requests');
      this.#admit(path, channel);
      beatOn(channel);
    } catch (error) {
      const code = error instanceof DrydockError ? error.code : 'internal';
      channel.close(closeCodes.labUnavailable, code);
    }
  }

  async #room(): Promise<void> {
    for (const channel of this.#channels.values()) {
      if (channel.heldBytes > maxHeldBytes && channel.readyState === channel.OPEN)
        await once(channel, 'drained');
    }
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#response.destroy(), tunnelSilenceMs).unref();
  }

  #gone(): void {
    clearTimeout(this.#silence);
    for (const channel of this.#channels.values()) channel.end(closeCodes.goingAway);
    this.#channels.clear();
  }
}

/** Undefined for what is not made of whole frames. */
function framesOf(batch: Buffer): TunnelFrame[] | undefined {
  const reader = new FrameReader();
  try {
    const frames = reader.read(batch);
    return reader.cut ? undefined : frames;
  } catch {
    return undefined;
  }
}
