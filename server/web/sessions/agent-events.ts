/** What the agent reports by itself, turned into what it means for a learner's lab. */
import type { AgentEvent } from '../../protocol/agent.ts';
import { logTrouble } from '../log-trouble.ts';
import type { SessionContext } from './context.ts';
import type { Ending } from './ending.ts';
import type { Sleep } from './sleep.ts';

export interface AgentEventParts {
  ending: Ending;
  sleep: Sleep;
  /** The agent is (again) there. */
  onHello: () => void;
  /** Something may have changed in the lab of that public id. */
  onQuiet: (id: string) => void;
  onInput: (id: string) => void;
}

export function handleAgentEvent(
  context: SessionContext,
  parts: AgentEventParts,
  event: AgentEvent,
): void {
  if (event.type === 'hello') return parts.onHello();
  const agentId = event.type === 'lab' ? event.lab.id : event.id;
  const lab = context.book.ofAgent(agentId);
  if (!lab) return handlePoolEvent(context, agentId, event);

  if (event.type === 'lab') return followState(context, parts, lab.id, event.lab);
  if (event.type === 'lab-gone')
    return stop(context, parts, lab.id, 'The lab is gone from the lab host.');
  if (event.type === 'quiet') return parts.onQuiet(lab.id);
  if (event.type === 'limit') {
    return context.hub.publish(lab.owner, {
      type: 'message',
      id: lab.id,
      level: 'warning',
      text: event.message,
    });
  }
  if (lab.firstInputAt === null) context.book.update(lab.id, { firstInputAt: context.now() });
  parts.sleep.active(lab.id);
  parts.onInput(lab.id);
}

type LabEvent = Extract<AgentEvent, { type: 'lab' }>['lab'];

function followState(
  context: SessionContext,
  parts: AgentEventParts,
  id: string,
  status: LabEvent,
): void {
  if (status.state === 'stopped') return stop(context, parts, id, status.reason);
  const phase = context.book.get(id)?.phase;
  // Other changes are answers to this server's own verbs; those write the phase themselves.
  if (status.state === 'creating' || (phase !== 'ready' && phase !== 'paused')) return;
  if (phase !== status.state) context.book.update(id, { phase: status.state });
}

/** While it is being made, the one who makes it sees the failure and tries again. */
function stop(
  { book, log }: SessionContext,
  { ending }: AgentEventParts,
  id: string,
  reason: string,
): void {
  const phase = book.get(id)?.phase;
  if (phase !== 'ready' && phase !== 'paused') return;
  ending
    .end(id, 'stopped', reason)
    .catch((error: unknown) => logTrouble(log, 'lab not ended', error, { lab: id }));
}

function handlePoolEvent({ pool }: SessionContext, agentId: string, event: AgentEvent): void {
  if (event.type === 'lab-gone' || (event.type === 'lab' && event.lab.state === 'stopped'))
    pool.lost(agentId);
}
