/** An answer that stays open and is written bit by bit. */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** The headers are on their way when it returns; no proxy is to hold the rest back, change or keep it. */
export function streamAnswer(reply: FastifyReply, contentType: string): ServerResponse {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': contentType,
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  reply.raw.flushHeaders();
  return reply.raw;
}
