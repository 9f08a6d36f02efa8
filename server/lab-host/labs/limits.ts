/** Notices labs that met one of their limits, and says so in words. */
import { EventEmitter } from 'node:events';
import type { AgentEvent, LabStats } from '../../protocol/agent.ts';
import type { Labs } from './labs.ts';

const lookEveryMs = 5_000;
/** The disk counts as full a little before it is. */
const fullShare = 0.97;

export class Limits extends EventEmitter<{ event: [AgentEvent] }> {
  readonly #labs: Labs;
  readonly #before = new Map<string, LabStats>();

  constructor(labs: Labs) {
    super();
    this.#labs = labs;
  }

  watch(): Disposable {
    const timer = setInterval(() => void this.#look(), lookEveryMs);
    return {
      [Symbol.dispose]() {
        clearInterval(timer);
      },
    };
  }

  async #look(): Promise<void> {
    const ready = this.#labs.list().filter((lab) => lab.state === 'ready');
    for (const { id } of ready) {
      const now = await this.#labs.stats(id).catch(() => undefined);
      if (!now) continue;
      for (const message of met(this.#before.get(id), now))
        this.emit('event', { type: 'limit', id, message });
      this.#before.set(id, now);
    }
    const alive = new Set(ready.map((lab) => lab.id));
    for (const id of this.#before.keys()) if (!alive.has(id)) this.#before.delete(id);
  }
}

function met(before: LabStats | undefined, now: LabStats): string[] {
  if (!before) return [];
  const messages: string[] = [];
  const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  if (now.oomKills > before.oomKills && now.memory > 0.9 * now.memoryMax) {
    messages.push(
      `The lab used all of its ${gib(now.memoryMax)} of memory; the kernel ended a process.`,
    );
  }
  if (isFull(now) && !isFull(before))
    messages.push(`The lab's disk of ${gib(now.diskMax)} is full.`);
  return messages;
}

function isFull(stats: LabStats): boolean {
  return stats.disk > fullShare * stats.diskMax;
}
