/** What each lab uses now: asked of the lab host at most once in a while, however many ask here. */
import type { AgentClient } from '../agent-client/index.ts';
import type { LabStats } from '../protocol/agent.ts';
import type { LabBook } from './sessions/book.ts';

export interface Usage {
  /** By the learner's id of the lab; a lab that cannot be asked is left out. */
  all: () => Promise<ReadonlyMap<string, LabStats>>;
}

/** A page that asks every 5 s gets new numbers each time; two pages and a scrape cost no more than one. */
const freshMs = 4_000;
/** Questions at once: 400 labs in a second, and the lab host has time for its learners. */
const atOnce = 8;

export function createUsage(agent: Pick<AgentClient, 'stats'>, book: LabBook): Usage {
  let asked = -Infinity;
  let answer: Promise<ReadonlyMap<string, LabStats>> = Promise.resolve(new Map());
  return {
    all: () => {
      if (performance.now() - asked < freshMs) return answer;
      asked = performance.now();
      return (answer = askAll(agent, book));
    },
  };
}

async function askAll(
  agent: Pick<AgentClient, 'stats'>,
  book: LabBook,
): Promise<ReadonlyMap<string, LabStats>> {
  const found = new Map<string, LabStats>();
  const waiting = book.all().filter(({ phase }) => phase === 'ready' || phase === 'paused');
  const worker = async (): Promise<void> => {
    for (let lab = waiting.pop(); lab; lab = waiting.pop()) {
      if (lab.agentId === null) continue;
      const stats = await agent.stats(lab.agentId).catch(() => undefined);
      if (stats) found.set(lab.id, stats);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return found;
}
