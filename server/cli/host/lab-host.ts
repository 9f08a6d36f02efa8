/** A lab host that runs, as the commands use it, whichever way it was brought up. */
import type { AgentClient } from '../../agent-client/index.ts';
import type { LabHostPaths } from '../../lab-host/paths.ts';

interface Running {
  client: AgentClient;
  /** The agent's socket, or the relay's in its place. */
  agentSocket: string;
  /** It was not up before; whoever has no further use for it takes it down again. */
  startedHere: boolean;
}

export interface EmbeddedLabHost extends Running {
  kind: 'embedded';
  paths: LabHostPaths;
}

/** Its paths are the container's own business; what is to be seen of it is what `docker logs` shows. */
export interface ContainerLabHost extends Running {
  kind: 'container';
  /** Name of the container in the user's engine. */
  container: string;
}

export type LabHost = EmbeddedLabHost | ContainerLabHost;

export interface LabHostOptions {
  stateDir: string;
  runDir: string;
  agentSocket?: string | undefined;
  yes?: boolean | undefined;
  overcommit?: number | undefined;
  bundle?: string | undefined;
}
