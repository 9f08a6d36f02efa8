import Docker from 'dockerode';

/** The lab host's engine; the only client of it in the tree. */
export function connectEngine(socketPath: string): Docker {
  return new Docker({ socketPath });
}
export type Engine = Docker;
