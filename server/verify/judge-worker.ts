import { Worker } from 'node:worker_threads';
import type { CheckResult } from '../protocol/verdict.ts';
import { JudgeFailed } from './judge-failed.ts';
import { result } from './run-checks.ts';
import {
  fromWorkerSchema,
  type Fault,
  type FromWorker,
  type Job,
  type PlannedCheck,
  type WorkerData,
} from './worker-messages.ts';

export type Outcome =
  { type: 'checked'; checks: CheckResult[] } | Extract<FromWorker, { type: 'hinted' }>;

interface Pending {
  planned: PlannedCheck[] | undefined;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/** A worker says every half second that it is alive; a busy machine may make it late, by seconds. */
const silentMs = 5_000;
const lookEveryMs = 1_000;
/** No answer of a lab needs more; what does is hostile, and its worker is replaced. */
const resourceLimits = {
  maxOldGenerationSizeMb: 256,
  maxYoungGenerationSizeMb: 32,
  stackSizeMb: 4,
};

/** One thread and what it is doing. Once lost it stays lost: make another. */
export class JudgeWorker implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #onFault: (fault: Fault) => void;
  readonly #looking: NodeJS.Timeout;
  #lastWord = performance.now();
  #lost = false;

  constructor(data: WorkerData, { onFault }: { onFault: (fault: Fault) => void }) {
    this.#onFault = onFault;
    this.#worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: data,
      resourceLimits,
      env: {},
    });
    this.#worker.unref();
    this.#worker.on('message', (value: unknown) => {
      this.#hear(fromWorkerSchema.parse(value));
    });
    this.#worker.on('error', () => {
      this.#lose('it ran out of memory or broke');
    });
    this.#worker.on('exit', () => {
      this.#lose('it ended');
    });
    this.#looking = setInterval(() => {
      this.#look();
    }, lookEveryMs).unref();
  }

  get lost(): boolean {
    return this.#lost;
  }

  get busy(): number {
    return this.#pending.size;
  }

  async run(job: Job, signal: AbortSignal | undefined): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    if (this.#pending.size === 0) this.#lastWord = performance.now();
    this.#pending.set(job.job, { planned: undefined, resolve, reject });
    const cancel = (): void => {
      this.#worker.postMessage({ type: 'cancel', job: job.job });
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    this.#worker.postMessage(job);
    // While it judges somebody waits, and the process must not end.
    this.#worker.ref();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#pending.delete(job.job);
      if (this.#pending.size === 0) this.#worker.unref();
    }
  }

  #hear(message: FromWorker): void {
    this.#lastWord = performance.now();
    if (message.type === 'alive') return;
    if (message.type === 'fault') {
      this.#onFault(message.fault);
      return;
    }
    const pending = this.#pending.get(message.job);
    if (!pending) return;
    if (message.type === 'planned') pending.planned = message.checks;
    else if (message.type === 'failed') pending.reject(new JudgeFailed(message.message));
    else pending.resolve(message);
  }

  #look(): void {
    const silent = performance.now() - this.#lastWord;
    if (this.#pending.size > 0 && silent > silentMs) this.#lose('it hung');
  }

  /** Whatever it was judging is unknown now. */
  #lose(why: string): void {
    if (this.#lost) return;
    this.#lost = true;
    clearInterval(this.#looking);
    for (const { planned, resolve, reject } of this.#pending.values()) {
      if (!planned)
        reject(new JudgeFailed(`The scenario was not judged: the worker was lost, ${why}.`));
      else resolve({ type: 'checked', checks: planned.map((check) => unknown(check)) });
    }
    void this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lose('the judge ended');
    await this.#worker.terminate();
  }
}

function unknown(check: PlannedCheck): CheckResult {
  return result(check, 'unknown', 'What the lab answered was more than a check can look at.', '');
}
