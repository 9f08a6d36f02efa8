/** One lab of an attempt. */
import { randomBytes } from 'node:crypto';
import type { AgentClient } from '../../../agent-client/index.ts';
import type { LabLimitsSpec, ScriptResult } from '../../../protocol/agent.ts';
import type { Answer, Question } from '../../../protocol/questions.ts';
import type { Outcome } from '../attempt.ts';
import type { ControlEngine } from './control-engine.ts';
import { outcomeOf } from './outcome.ts';

export interface StageLab extends AsyncDisposable {
  id: string;
  containerId: string;
  /** Its PID 1, as the machine numbers it. */
  initPid: number;
  run: (script: string, options?: { timeoutMs?: number }) => Promise<ScriptResult>;
  /** Runs a script as root in the lab: reached if it exits with 0. */
  try: (script: string, options?: { timeoutMs?: number }) => Promise<Outcome>;
  /** Runs a script that prepares something; throws if it fails. */
  must: (script: string) => Promise<string>;
  ask: (question: Question) => Promise<Answer>;
}

export interface MakeLab {
  client: AgentClient;
  engine: ControlEngine;
  lease: string;
  signal: AbortSignal;
  limits?: Partial<LabLimitsSpec>;
}

const scriptTimeoutMs = 25_000;

export async function makeLab({
  client,
  engine,
  lease,
  signal,
  limits,
}: MakeLab): Promise<StageLab> {
  const id = `x${randomBytes(8).toString('hex').slice(0, 11)}`;
  await client.createLab(
    { id, lease, limits: { memory: 768, pids: 512, cpus: 1.5, ...limits } },
    signal,
  );
  const { containerId, pid } = await engine.find(`lab-${id}`);
  const run: StageLab['run'] = (script, options) =>
    client.run(id, { script, timeoutMs: options?.timeoutMs ?? scriptTimeoutMs }, signal);
  return {
    id,
    containerId,
    initPid: pid,
    run,
    try: async (script, options) => outcomeOf(await run(script, options)),
    async must(script) {
      const { exitCode, output } = await run(script);
      if (exitCode !== 0)
        throw new Error(
          `Preparing ${id} ended with ${String(exitCode)}: ${output.trim().slice(-400)}`,
        );
      return output.trim();
    },
    ask: (question) => client.ask(id, question, signal),
    [Symbol.asyncDispose]: () => client.destroyLab(id),
  };
}
