/** Which listening ports of a lab can be shown as previews. */
import type { AgentClient } from '../../agent-client/index.ts';
import { parsePorts } from '../../verify/answers.ts';

/** The lab's own plumbing: the engine's API, swarm. */
const systemPorts = new Set([2375, 2376, 2377, 4789, 7946]);
/** Previews are dialled on 127.0.0.1 (or ::1) of the lab: what listens on other addresses alone is not reached. */
const reachable = new Set(['0.0.0.0', '127.0.0.1', '::', '::1', '*']);
const mostPorts = 32;
/** Where the kernel takes ports from that nobody asked for: containerd listens on one of them, on loopback. */
const firstEphemeralPort = 32_768;

/** TCP ports in rising order; undefined if the lab could not be asked. */
export async function previewPorts(
  agent: AgentClient,
  agentId: string,
  signal: AbortSignal,
): Promise<number[] | undefined> {
  const answer = await agent.ask(agentId, { kind: 'ports' }, signal);
  if (!answer.ok) return undefined;
  const ports = parsePorts(Buffer.from(answer.body, 'base64'))
    .filter(
      ({ protocol, address, port }) =>
        protocol === 'tcp' && reachable.has(address) && isMeantForPeople(address, port),
    )
    .map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b).slice(0, mostPorts);
}

function isMeantForPeople(address: string, port: number): boolean {
  const onLoopback = address === '127.0.0.1' || address === '::1';
  return !systemPorts.has(port) && !(onLoopback && port >= firstEphemeralPort);
}
