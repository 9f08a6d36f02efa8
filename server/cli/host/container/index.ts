/**
 * The lab host in one container of the user's own engine: image, container, relay. Knows the engine by its command
 * line alone, needs no root and no Linux here, and does not know what makes a command choose this way.
 */
import type { ContainerLabHost, LabHostOptions } from '../lab-host.ts';
import type { EngineProbe } from './types.ts';

export { buildComposeImages } from './compose-images.ts';
export type { AnsweringEngine, EngineProbe } from './types.ts';

export interface ContainerOptions extends LabHostOptions {
  /** Where the relay listens; what the agent client is given. */
  agentSocket: string;
}

/** What this folder gives to the commands. */
export interface ContainerWay {
  probeEngine: () => Promise<EngineProbe>;
  ensureContainerLabHost: (options: ContainerOptions) => Promise<ContainerLabHost>;
  /** Ends labs, container and relay; volume and image stay. */
  takeDownContainer: (options: { runDir: string }) => Promise<void>;
  /** Removes what `takeDownContainer` leaves; false if no engine answered. */
  removeContainerState: (options: { runDir: string; stateDir: string }) => Promise<boolean>;
  /** `node server/cli/main.ts ARGS` in the container with the sources of this checkout; answers the exit code. */
  runInContainer: (options: { runDir: string }, args: string[]) => Promise<number>;
}
