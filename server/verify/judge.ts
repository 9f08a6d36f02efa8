import type { CheckResult } from '../protocol/verdict.ts';
import { JudgeFailed } from './judge-failed.ts';
import { JudgeWorker } from './judge-worker.ts';
import type { Fault, Job, NextHint } from './worker-messages.ts';

export type { NextHint };

export interface JudgeOptions {
  /** The lab host agent's Unix socket. */
  agentSocket: string;
  /** Folder of the scenarios. */
  labsDir: string;
  /** Threads; default 2. */
  workers?: number;
  /** A check that threw what it should not, for the log. */
  onFault?: (fault: Fault) => void;
}

export interface Subject {
  labId: string;
  scenario: string;
  seed: number;
  signal?: AbortSignal;
}

export interface Judgement {
  checks: CheckResult[];
  seconds: number;
}

export interface Judge extends AsyncDisposable {
  /** Checks that cannot be asked, for whatever reason, are `unknown`; throws JudgeFailed if there is nothing to judge by. */
  check: (subject: Subject & { only?: string[] }) => Promise<Judgement>;
  /** The next hint that fits the state that is there; `taken` are the places of those given already. */
  hint: (subject: Subject & { taken: number[] }) => Promise<NextHint | undefined>;
}

/** Checks wait far more than they compute. */
const maxJobsPerWorker = 8;

export function createJudge({ workers = 2, onFault, ...data }: JudgeOptions): Judge {
  let lastJob = 0;
  const make = (): JudgeWorker => new JudgeWorker(data, { onFault: onFault ?? report });
  const pool = Array.from({ length: workers }, make);
  const waiting: (() => void)[] = [];

  async function free(signal: AbortSignal | undefined): Promise<JudgeWorker> {
    for (;;) {
      signal?.throwIfAborted();
      pool.forEach((worker, index) => {
        if (worker.lost) pool[index] = make();
      });
      const [idlest] = pool.toSorted((a, b) => a.busy - b.busy);
      if (idlest && idlest.busy < maxJobsPerWorker) return idlest;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  async function run(job: DistributiveOmit<Job, 'job'>, signal: AbortSignal | undefined) {
    const worker = await free(signal);
    try {
      return await worker.run({ ...job, job: (lastJob += 1) }, signal);
    } finally {
      waiting.shift()?.();
    }
  }

  return {
    async check({ signal, only, labId, scenario, seed }) {
      const begin = performance.now();
      const outcome = await run(
        { type: 'check', labId, scenario, seed, ...(only && { only }) },
        signal,
      );
      if (outcome.type !== 'checked') throw new JudgeFailed(`${scenario} was not judged.`);
      return { checks: outcome.checks, seconds: (performance.now() - begin) / 1000 };
    },
    async hint({ signal, taken, labId, scenario, seed }) {
      const outcome = await run({ type: 'hint', labId, scenario, seed, taken }, signal);
      return outcome.type === 'hinted' ? outcome.hint : undefined;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pool.map((worker) => worker[Symbol.asyncDispose]()));
    },
  };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function report({ scenario, check, stack }: Fault): void {
  process.emitWarning(`Check ${check} of ${scenario} failed itself: ${stack}`);
}
