/**
 * Who looks at a terminal, and which of them types: one at a time. Who asks for control gets it while it is free. When the
 * one that has it goes, the next gets it after a grace, in which a page that was only reloaded takes its seat again.
 */
import type { WebSocket } from 'ws';
import type { ViewerRole } from '../../protocol/terminal.ts';
import { Viewer } from './viewer.ts';

/** A reload takes about a second, three on a slow line; after more one wonders why no key works. */
export const seatGraceMs = 4_000;

export class Audience {
  readonly #viewers = new Set<Viewer>();
  /** Those that asked to type, when they came or later; the last is the one that is most likely looked at. */
  readonly #candidates = new Set<Viewer>();
  readonly #promoted: () => void;
  #grace: NodeJS.Timeout | undefined;

  constructor(promoted: () => void) {
    this.#promoted = promoted;
  }

  [Symbol.iterator](): Iterator<Viewer> {
    return this.#viewers.values();
  }

  get size(): number {
    return this.#viewers.size;
  }

  get controlling(): Viewer | undefined {
    return [...this.#viewers].find((viewer) => viewer.role === 'control');
  }

  of(socket: WebSocket): Viewer | undefined {
    return [...this.#viewers].find((viewer) => viewer.socket === socket);
  }

  admit(socket: WebSocket, asked: ViewerRole): Viewer {
    const viewer = new Viewer(socket, this.controlling ? 'watch' : asked);
    this.#viewers.add(viewer);
    if (asked === 'control') this.#candidates.add(viewer);
    if (viewer.role === 'control') clearTimeout(this.#grace);
    return viewer;
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#candidates.delete(viewer);
    if (viewer.role !== 'control') return;
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.#promote(), seatGraceMs).unref();
  }

  giveControl(viewer: Viewer): void {
    clearTimeout(this.#grace);
    const before = this.controlling;
    if (before && before !== viewer) seat(before, 'watch');
    // Asked last: first in line when the seat is free again.
    this.#candidates.delete(viewer);
    this.#candidates.add(viewer);
    seat(viewer, 'control');
  }

  #promote(): void {
    const next = [...this.#candidates].at(-1);
    if (!next || this.controlling) return;
    seat(next, 'control');
    this.#promoted();
  }
}

function seat(viewer: Viewer, role: ViewerRole): void {
  viewer.role = role;
  viewer.say({ type: 'role', role });
}
