/** Ends the labs of clients that went away without ending them, a killed `npm run lab` say. */
import { leaseGraceMs } from '../../protocol/agent.ts';
import type { Labs } from './labs.ts';

/** The web server adopts its labs when it comes back, however late. */
const everlasting = new Set(['web']);

export class Leases {
  readonly #labs: Labs;
  readonly #held = new Map<string, number>();
  readonly #onError: (error: unknown) => void;

  constructor(labs: Labs, onError: (error: unknown) => void) {
    this.#labs = labs;
    this.#onError = onError;
  }

  /** Answers what is to be called when the holder has gone. */
  hold(lease: string): () => void {
    this.#held.set(lease, (this.#held.get(lease) ?? 0) + 1);
    return () => {
      this.#held.set(lease, (this.#held.get(lease) ?? 1) - 1);
      this.expireLater(lease);
    };
  }

  expireLater(lease: string): void {
    if (everlasting.has(lease)) return;
    setTimeout(() => {
      this.#expire(lease).catch(this.#onError);
    }, leaseGraceMs);
  }

  /** After a restart nobody holds anything yet. */
  expireAllLater(): void {
    for (const lease of new Set(this.#labs.list().map((lab) => lab.lease))) this.expireLater(lease);
  }

  async #expire(lease: string): Promise<void> {
    if ((this.#held.get(lease) ?? 0) > 0) return;
    this.#held.delete(lease);
    const orphans = this.#labs
      .list()
      .filter((lab) => lab.lease === lease && lab.state !== 'creating');
    await Promise.all(orphans.map((lab) => this.#labs.destroy(lab.id)));
  }
}
