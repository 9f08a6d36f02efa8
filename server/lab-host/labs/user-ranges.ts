/**
 * Which users a lab's are on the machine. The kernel counts much by user (descriptors in flight, inotify instances, pending
 * signals), so each lab has a range of its own; where the kernel cannot show a lab its files as those users' (see
 * lab-mounts.ts), all labs are the range that the engine maps every container to.
 */
import { DrydockError } from '../../errors.ts';

/** What a lab sees: its users are 0 … 65535. */
export const usersPerLab = 65_536;
/** Far more than a machine of today has room for. */
export const maxRanges = 1024;

export interface UserRangesOptions {
  /** First user of the engine's range; what is on the lab host's disk belongs to it. */
  shared: number;
  /** First user of the first of the labs' ranges. */
  own: number;
  /** How many of those there are. */
  count: number;
  /** Whether labs can have a range of their own here. */
  separate: boolean;
}

export class UserRanges {
  readonly shared: number;
  readonly separate: boolean;
  readonly #own: number;
  readonly #count: number;
  readonly #taken = new Set<number>();

  constructor({ shared, own, count, separate }: UserRangesOptions) {
    this.shared = shared;
    this.separate = separate;
    this.#own = own;
    this.#count = count;
  }

  /** First user of a range that no lab has. Throws `lab_host_full` if there is none. */
  take(): number {
    if (!this.separate) return this.shared;
    for (let index = 0; index < this.#count; index += 1) {
      const start = this.#own + index * usersPerLab;
      if (this.#taken.has(start)) continue;
      this.#taken.add(start);
      return start;
    }
    throw new DrydockError('lab_host_full', {
      detail: `There are users for ${String(this.#count)} labs at once.`,
    });
  }

  /** A lab that an earlier agent made has this one. */
  keep(start: number): void {
    if (start !== this.shared) this.#taken.add(start);
  }

  giveBack(start: number): void {
    this.#taken.delete(start);
  }
}
