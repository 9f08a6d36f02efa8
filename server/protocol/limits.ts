/** Numbers that the page needs too, without the schemas: the page is not to load zod for them. */

/** Terminals of a lab are numbered by the page that opens them. */
export const maxTerminalsPerLab = 8;

/** The page acknowledges at least every so many bytes it has written to its screen. */
export const ackEveryBytes = 64 * 1024;
/** The agent stops reading the PTY while the controlling viewer has more than this unacknowledged … */
export const highWatermarkBytes = 512 * 1024;
/** … and goes on below this. */
export const lowWatermarkBytes = 128 * 1024;
/** The server says something on every socket of a page at least so often … */
export const beatEveryMs = 10_000;
/** … and a page that has heard nothing for so long takes it for dead: two beats and what a slow line takes. */
export const silenceMs = 25_000;
/** What a new viewer is shown of what was printed before. */
export const replayBytes = 256 * 1024;
