/** The agent's side of `server/protocol/agent.ts`: verbs over HTTP, streams over WebSocket, on one Unix socket. */
import { createServer } from 'node:http';
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { labIdSchema } from '../../protocol/ids.ts';
import { toDrydockError } from './errors.ts';
import { routes } from './routes.ts';
import { upgrades } from './upgrades.ts';
import type { Agent } from '../agent.ts';

/** A script to run may be this long; see maxScriptBytes. */
const bodyLimitBytes = 12 * 1024 * 1024;

export async function serveAgent(
  agent: Agent,
  socketPath: string,
  group: number,
): Promise<FastifyInstance> {
  let endStreams = (): void => undefined;
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    loggerInstance: agent.log,
    disableRequestLogging: true,
    serverFactory: (handler) => {
      const server = createServer(handler);
      // Never: a client that is busy for a moment would not see the end of an idle connection, and write into it.
      server.keepAliveTimeout = 0;
      endStreams = upgrades(server, agent);
      return server;
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(async (error, request, reply) => {
    const known = toDrydockError(error);
    if (known.status >= 500) agent.log.error({ err: error, url: request.url }, 'request failed');
    await reply.status(known.status).send(known.toJSON());
  });
  app.addHook('onResponse', async (request, reply) => logVerb(agent, request, reply));
  app.addHook('preClose', async () => {
    endStreams();
  });
  routes(app, agent);
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o755 });
  rmSync(socketPath, { force: true });
  await app.listen({ path: socketPath });
  // The web server's user and nobody else.
  chownSync(socketPath, 0, group);
  chmodSync(socketPath, 0o660);
  return app;
}

const namesLab = z.object({ id: labIdSchema });
/** Asked many times a second, and changes nothing. */
const tooMany = '/labs/:id/ask';

/** What was done to which lab, never what was sent: scripts and terminals are not for a log. */
function logVerb({ log }: Agent, request: FastifyRequest, reply: FastifyReply): void {
  const { method, routeOptions, params, body } = request;
  if (method === 'GET' || routeOptions.url === tooMany) return;
  const named = namesLab.safeParse(params).data ?? namesLab.safeParse(body).data;
  const { statusCode: status, elapsedTime } = reply;
  log.info(
    {
      lab: named?.id,
      verb: `${method} ${routeOptions.url ?? ''}`,
      status,
      seconds: elapsedTime / 1000,
    },
    'done',
  );
}
