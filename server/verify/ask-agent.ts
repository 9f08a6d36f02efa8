/** Asks the lab host agent over its Unix socket; nothing but questions. */
import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import { z } from 'zod';
import { answerSchema, maxAnswerBytes, type Answer } from '../protocol/questions.ts';
import type { Ask } from './asker.ts';

/** The agent asks sixteen at once for all labs. */
const maxSockets = 16;
/** Base64 and the words around it. */
const maxResponseBytes = Math.ceil(maxAnswerBytes * 1.4);
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

export interface AgentAsker {
  lab: (labId: string) => Ask;
}

export function createAgentAsker(socketPath: string): AgentAsker {
  const agent = new Agent({ keepAlive: true, maxSockets });
  return {
    lab: (labId) => async (question, signal) => {
      const path = `/labs/${labId}/ask`;
      try {
        return await post({ agent, socketPath, path, body: JSON.stringify(question), signal });
      } catch (error) {
        signal.throwIfAborted();
        const detail = error instanceof Error ? error.message : String(error);
        return { ok: false, reason: 'unavailable', detail: detail.slice(0, 1000) };
      }
    },
  };
}

interface Post {
  agent: Agent;
  socketPath: string;
  path: string;
  body: string;
  signal: AbortSignal;
}

async function post({ body, ...options }: Post): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const response = await send({ ...options, method: 'POST', headers }, body);
  const value: unknown = JSON.parse(await readBounded(response));
  if (response.statusCode === 200) return answerSchema.parse(value);
  const refused = errorSchema.safeParse(value);
  const status = String(response.statusCode);
  throw new Error(
    refused.success ? refused.data.error.message : `The lab host answered ${status}.`,
  );
}

/** Once more where a kept connection was closed just then: a question changes nothing. */
function send(options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(options, resolve);
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (asked.reusedSocket && error.code === 'ECONNRESET') resolve(send(options, body));
      else reject(error);
    });
    asked.end(body);
  });
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxResponseBytes) throw new Error("The lab host's answer is too long.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
