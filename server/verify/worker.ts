/** A worker thread of the judge. What labs answer is parsed here and nowhere else. */
import { parentPort, workerData } from 'node:worker_threads';
import { createAgentAsker } from './ask-agent.ts';
import { createLabView } from './lab-view.ts';
import { loadDefinition } from './load-definition.ts';
import { nextHint } from './next-hint.ts';
import { runChecks } from './run-checks.ts';
import {
  aliveEveryMs,
  toWorkerSchema,
  workerDataSchema,
  type FromWorker,
  type Job,
} from './worker-messages.ts';

const { agentSocket, labsDir } = workerDataSchema.parse(workerData);
const agent = createAgentAsker(agentSocket);
const running = new Map<number, AbortController>();

parentPort?.on('message', (value: unknown) => {
  const message = toWorkerSchema.parse(value);
  if (message.type === 'cancel') running.get(message.job)?.abort();
  else void run(message);
});
setInterval(() => {
  if (running.size > 0) tell({ type: 'alive' });
}, aliveEveryMs);

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

async function run(job: Job): Promise<void> {
  const controller = new AbortController();
  running.set(job.job, controller);
  try {
    tell(await answer(job, controller.signal));
  } catch (error) {
    tell({ type: 'failed', job: job.job, message: describe(error) });
  } finally {
    running.delete(job.job);
    // Whatever a check left running asks nothing any more.
    controller.abort();
  }
}

async function answer(job: Job, signal: AbortSignal): Promise<FromWorker> {
  const definition = await loadDefinition(labsDir, job.scenario);
  const lab = createLabView({ ask: agent.lab(job.labId), seed: job.seed, signal });
  if (job.type === 'hint')
    return { type: 'hinted', job: job.job, hint: await nextHint(definition, lab, job.taken) };
  const planned = definition.checks.filter(({ id }) => job.only?.includes(id) ?? true);
  tell({
    type: 'planned',
    job: job.job,
    checks: planned.map(({ id, kind, title }) => ({ id, kind, title })),
  });
  const onFault = (check: string, error: unknown): void => {
    tell({
      type: 'fault',
      fault: { machine: job.labId, scenario: job.scenario, check, stack: describe(error) },
    });
  };
  return {
    type: 'checked',
    job: job.job,
    checks: await runChecks({ definition, lab, only: job.only, signal, onFault }),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
