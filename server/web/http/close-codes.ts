/** Why the server closes a socket; the page reconnects after all of them but `policy`. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  /** The other side did not keep to the protocol. */
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  /** The server ends or is updated; what runs in the lab goes on. */
  restart: 1012,
  /** The lab host is away, or the other side reads too slowly. */
  tryLater: 1013,
  /** The lab was reset: another machine is behind the same id. */
  labReset: 4001,
  /** The lab ended, or is not ready. */
  labUnavailable: 4002,
} as const;
