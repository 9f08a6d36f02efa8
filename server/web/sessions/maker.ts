/** Makes a lab on the lab host and breaks it; what fails is removed. */
import type { AgentClient } from '../../agent-client/index.ts';
import type { Scenario } from '../../catalog/index.ts';
import { breakScript } from '../../catalog/index.ts';
import { DrydockError } from '../../errors.ts';
import { logTrouble } from '../log-trouble.ts';
import type { Logger } from '../logger.ts';

export interface LabLimits {
  memory: number;
  pids: number;
  cpus: number;
}

export interface Maker {
  /** What all labs of this server are kept under. */
  lease: string;
  /** A blank lab of that id. */
  create: (agentId: string, limits: LabLimits, signal: AbortSignal) => Promise<void>;
  /** Runs break.sh in it. The learner is not told what that printed: it would name the cause. */
  breakIt: (
    agentId: string,
    scenario: Scenario,
    seed: number,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Waits until it is gone; a failure is logged, and what is left is found by the next look at all labs. */
  destroy: (agentId: string) => Promise<void>;
  /** Why the last lab that was tried did not start; undefined if it did. A machine that is full or away is told elsewhere. */
  trouble: () => string | undefined;
}

const breakTimeoutMs = 180_000;
const loggedChars = 4_000;

export function createMaker(agent: AgentClient, log: Logger, lease: string): Maker {
  const scripts = new Map<string, Promise<string>>();
  const scriptOf = (scenario: Scenario, seed: number): Promise<string> => {
    const key = `${scenario.id}:${seed}`;
    const script = scripts.get(key) ?? breakScript(scenario, seed);
    scripts.set(key, script);
    return script;
  };

  let trouble: string | undefined;
  return {
    lease,
    create: async (id, limits, signal) => {
      try {
        await agent.createLab({ id, limits, lease }, signal);
        trouble = undefined;
      } catch (error) {
        if (!signal.aborted && !isToldElsewhere(error))
          trouble = error instanceof Error ? error.message : String(error);
        throw error;
      }
    },
    trouble: () => trouble,
    breakIt: async (agentId, scenario, seed, signal) => {
      const script = await scriptOf(scenario, seed);
      const { exitCode, timedOut, output } = await agent.run(
        agentId,
        { script, timeoutMs: breakTimeoutMs },
        signal,
      );
      if (exitCode === 0) {
        // The page that opens it finds its prompt there; one that is quicker starts the shell itself.
        agent
          .startTerminal(agentId, 1, signal)
          .catch((error: unknown) => log.debug({ err: error, lab: agentId }, 'no shell ahead'));
        return;
      }
      log.error(
        { scenario: scenario.id, seed, exitCode, timedOut, output: output.slice(-loggedChars) },
        'break.sh failed',
      );
      throw new DrydockError('break_failed');
    },
    destroy: async (agentId) => {
      await agent
        .destroyLab(agentId)
        .catch((error: unknown) => logTrouble(log, 'lab not destroyed', error, { lab: agentId }));
    },
  };
}

function isToldElsewhere(error: unknown): boolean {
  return (
    error instanceof DrydockError &&
    (error.code === 'lab_host_full' || error.code === 'lab_host_down')
  );
}

/** What a lab of this scenario may use. */
export function limitsOf(scenario: Scenario, defaults: LabLimits): LabLimits {
  const { memory, pids, cpus } = scenario.definition.limits;
  return {
    memory: memory ?? defaults.memory,
    pids: pids ?? defaults.pids,
    cpus: cpus ?? defaults.cpus,
  };
}

export function sameLimits(a: LabLimits, b: LabLimits): boolean {
  return a.memory === b.memory && a.pids === b.pids && a.cpus === b.cpus;
}
