/** The last output of a terminal, kept as raw bytes: the agent does not look into what a learner's programs print. */
export class Replay {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #cut = false;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length - (this.#chunks[0]?.length ?? 0) >= this.#limit) {
      this.#length -= this.#chunks.shift()?.length ?? 0;
      this.#cut = true;
    }
  }

  /** From a line's beginning where something was dropped, so that no escape sequence starts in its middle. */
  bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    if (!this.#cut) return all;
    return all.subarray(all.indexOf(0x0a) + 1);
  }
}
