/**
 * The lab host agent as the web server and the command line see it: typed verbs over its Unix socket. Knows nothing of
 * learners, scenarios or what the agent is made of. Every failure is a `DrydockError`; an agent that does not answer
 * is `lab_host_down`.
 */
import type { Duplex } from 'node:stream';
import { Agent } from 'node:http';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type {
  AgentStatus,
  CreateLab,
  LabStats,
  LabStatus,
  RunScript,
  ScriptResult,
} from '../protocol/agent.ts';
import {
  agentStatusSchema,
  labStatsSchema,
  labStatusSchema,
  scriptResultSchema,
} from '../protocol/agent.ts';
import type { Answer, Question } from '../protocol/questions.ts';
import { answerSchema, maxQuestionMs } from '../protocol/questions.ts';
import type { TerminalList } from '../protocol/terminal.ts';
import { terminalListSchema } from '../protocol/terminal.ts';
import { connectToPort } from './connect.ts';
import { followEngine } from './engine-events.ts';
import type { EngineFollower } from './engine-events.ts';
import { followEvents } from './events.ts';
import type { EventOptions } from './events.ts';
import { createRequester } from './request.ts';
import { openTerminal } from './terminal.ts';
import type { TerminalOptions } from './terminal.ts';

export { frameBytes, frameText } from './frames.ts';
export type { EngineFollower } from './engine-events.ts';
export type { EventOptions } from './events.ts';
export type { TerminalOptions } from './terminal.ts';

export interface AgentClient {
  status: (signal?: AbortSignal) => Promise<AgentStatus>;
  list: (signal?: AbortSignal) => Promise<LabStatus[]>;
  /** Answers when the lab's engine does. */
  createLab: (lab: CreateLab, signal?: AbortSignal) => Promise<LabStatus>;
  /** A lab that is gone already is no error. */
  destroyLab: (id: string, signal?: AbortSignal) => Promise<void>;
  pause: (id: string, signal?: AbortSignal) => Promise<LabStatus>;
  resume: (id: string, signal?: AbortSignal) => Promise<LabStatus>;
  /** A script that fails or runs out of time is an answer, no error. */
  run: (id: string, script: RunScript, signal?: AbortSignal) => Promise<ScriptResult>;
  ask: (id: string, question: Question, signal?: AbortSignal) => Promise<Answer>;
  restartEngine: (id: string, signal?: AbortSignal) => Promise<void>;
  restartContainer: (id: string, container: string, signal?: AbortSignal) => Promise<void>;
  stats: (id: string, signal?: AbortSignal) => Promise<LabStats>;
  /** Keeps the lease alive and reports what happens, through reconnects, until the signal aborts. */
  events: (options: EventOptions) => { opened: Promise<void> };
  /** The lab's terminals that run; a paused lab sleeps on. */
  terminals: (id: string, signal?: AbortSignal) => Promise<TerminalList>;
  /** Has the shell of a terminal ready for whoever opens it. */
  startTerminal: (id: string, n: number, signal?: AbortSignal) => Promise<void>;
  /** The terminal's frames as they are; resolves when the socket is open. Listen at once. */
  terminal: (id: string, n: number, options: TerminalOptions) => Promise<WebSocket>;
  /** Calls back each time the lab's engine reports something, through reconnects, until the signal aborts. */
  engineEvents: (id: string, follower: EngineFollower) => void;
  /** A TCP connection to a port in the lab's network. */
  connect: (id: string, port: number, signal?: AbortSignal) => Promise<Duplex>;
  /** Lets go of idle connections. */
  close: () => void;
}

const quickMs = 10_000;
/** Creating waits for the lab's engine, destroying for the removal of its disk, the hold for a restart. */
const slowMs = 240_000;

const nothing = z.unknown().transform(() => undefined);

export function createAgentClient(socketPath: string): AgentClient {
  const pool = new Agent({ keepAlive: true, maxSockets: 256 });
  const request = createRequester(socketPath, pool);
  const post = { method: 'POST' };

  return {
    status: (signal) => request('/status', agentStatusSchema, { timeoutMs: quickMs, signal }),
    list: (signal) => request('/labs', z.array(labStatusSchema), { timeoutMs: quickMs, signal }),
    createLab: (lab, signal) =>
      request('/labs', labStatusSchema, { ...post, body: lab, timeoutMs: slowMs, signal }),
    destroyLab: (id, signal) =>
      request(`/labs/${id}`, nothing, {
        method: 'DELETE',
        timeoutMs: slowMs,
        signal,
        absent: 'no_such_lab',
      }),
    pause: (id, signal) =>
      request(`/labs/${id}/pause`, labStatusSchema, { ...post, timeoutMs: quickMs, signal }),
    resume: (id, signal) =>
      request(`/labs/${id}/resume`, labStatusSchema, { ...post, timeoutMs: quickMs, signal }),
    run: (id, script, signal) =>
      request(`/labs/${id}/run`, scriptResultSchema, {
        ...post,
        body: script,
        timeoutMs: (script.timeoutMs ?? slowMs) + quickMs,
        signal,
      }),
    ask: (id, question, signal) =>
      request(`/labs/${id}/ask`, answerSchema, {
        ...post,
        body: question,
        timeoutMs: maxQuestionMs + quickMs,
        signal,
      }),
    restartEngine: (id, signal) =>
      request(`/labs/${id}/restart-engine`, nothing, { ...post, timeoutMs: slowMs, signal }),
    restartContainer: (id, container, signal) =>
      request(`/labs/${id}/restart-container`, nothing, {
        ...post,
        body: { container },
        timeoutMs: slowMs,
        signal,
      }),
    stats: (id, signal) =>
      request(`/labs/${id}/stats`, labStatsSchema, { timeoutMs: quickMs, signal }),
    events: (options) => followEvents(socketPath, options),
    terminals: (id, signal) =>
      request(`/labs/${id}/terminals`, terminalListSchema, { timeoutMs: quickMs, signal }),
    startTerminal: (id, n, signal) =>
      request(`/labs/${id}/terminals/${n}`, nothing, { ...post, timeoutMs: quickMs, signal }),
    terminal: (id, n, options) => openTerminal(socketPath, `/labs/${id}/terminals/${n}`, options),
    engineEvents: (id, follower) => followEngine(socketPath, `/labs/${id}/engine-events`, follower),
    connect: (id, port, signal) => connectToPort(socketPath, `/labs/${id}/connect/${port}`, signal),
    close: () => pool.destroy(),
  };
}
