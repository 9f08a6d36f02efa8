/** One request to the agent: JSON there, JSON back, parsed with the schema of the verb. */
import type { Agent } from 'node:http';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { DrydockError } from '../errors.ts';
import { errorOf, hostDown } from './failures.ts';

export interface RequestOptions {
  method?: string;
  body?: unknown;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** An error code that is as good as success. */
  absent?: ErrorCode;
}

export type Requester = <T>(
  path: string,
  schema: z.ZodType<T>,
  options: RequestOptions,
) => Promise<T>;

export function createRequester(socketPath: string, agent: Agent): Requester {
  return async (path, schema, options) => {
    const answer = await exchange({ socketPath, agent, path, ...options });
    if (answer.status < 400) return schema.parse(parseJson(answer.body));
    const error = errorOf(answer.status, answer.body);
    if (error.code === options.absent) return schema.parse(undefined);
    throw error;
  };
}

interface Exchange extends RequestOptions {
  socketPath: string;
  agent: Agent;
  path: string;
}

async function exchange(options: Exchange): Promise<{ status: number; body: string }> {
  options.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    return await send(options, signal);
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw hostDown(
      cause,
      timeout.aborted ? `no answer to ${options.path} in ${options.timeoutMs / 1000} s` : undefined,
    );
  }
}

function send(options: Exchange, signal: AbortSignal): Promise<{ status: number; body: string }> {
  const { socketPath, agent, path, method = 'GET' } = options;
  const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
  const headers = body ? { 'content-type': 'application/json', 'content-length': body.length } : {};
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, agent, path, method, headers, signal });
    request.on('error', reject);
    request.on('response', (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 500, body: answer }),
        reject,
      );
    });
    request.end(body);
  });
}

function parseJson(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new DrydockError('internal', {
      detail: 'The lab host agent answered with something else than JSON.',
      cause,
    });
  }
}
