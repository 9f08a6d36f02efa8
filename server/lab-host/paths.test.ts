import { describe, expect, it } from 'vitest';
import { labHostPaths } from './paths.ts';

describe('labHostPaths', () => {
  it('keeps the agent socket in the run directory', () => {
    expect(labHostPaths('/s', '/r').agentSocket).toBe('/r/agent.sock');
  });

  it('lets its folder be shared without anything else of the lab host', () => {
    const { agentSocket, ...rest } = labHostPaths('/s', '/r', '/shared/agent.sock');
    expect(agentSocket).toBe('/shared/agent.sock');
    expect(Object.values(rest).filter((path) => path.startsWith('/shared'))).toEqual([]);
  });
});
