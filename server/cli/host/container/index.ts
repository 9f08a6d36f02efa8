/**
 * The lab host in one container of the user's own engine: image, container, relay. Knows the engine by its command
 * line alone, needs no root and no Linux here, and does not know what makes a command choose this way.
 */
export { ensureContainerLabHost, type ContainerOptions } from './ensure-container.ts';
export { probeEngine } from './probe-engine.ts';
export { bringLackingSources, runInContainer } from './run-in-container.ts';
export { removeContainerState, takeDownContainer } from './take-down.ts';
export type { AnsweringEngine, EngineProbe } from './types.ts';
