import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { createLabSchema, runScriptSchema } from '../../protocol/agent.ts';
import { labIdSchema, terminalNumberSchema } from '../../protocol/ids.ts';
import { questionSchema } from '../../protocol/questions.ts';
import { DrydockError } from '../../errors.ts';
import type { Agent } from '../agent.ts';
import { statusOf } from '../labs/labs.ts';
import { restartContainer, restartEngine } from '../labs/restart.ts';

const params = z.object({ id: labIdSchema });

type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export function routes(plain: FastifyInstance, agent: Agent): void {
  const app: App = plain.withTypeProvider<ZodTypeProvider>();
  const { labs } = agent;

  app.get('/status', () => agent.status());
  app.get('/labs', () =>
    labs.list().map((lab) => ({ ...lab, viewers: agent.terminals.viewers(lab.id) })),
  );
  app.post('/labs', { schema: { body: createLabSchema } }, async (request, reply) =>
    labs.create(request.body, untilGone(reply.raw)),
  );
  app.delete('/labs/:id', { schema: { params } }, async (request) => {
    await labs.destroy(request.params.id);
    return {};
  });
  app.post('/labs/:id/pause', { schema: { params } }, (request) => labs.pause(request.params.id));
  app.post('/labs/:id/resume', { schema: { params } }, async (request) =>
    statusOf(await labs.running(request.params.id)),
  );
  app.post('/labs/:id/run', { schema: { params, body: runScriptSchema } }, (request, reply) =>
    labs.run(request.params.id, request.body, untilGone(reply.raw)),
  );
  app.post(
    '/labs/:id/ask',
    { schema: { params, body: questionSchema } },
    async (request, reply) => {
      const lab = await labs.running(request.params.id);
      if (!lab.handles) throw new DrydockError('lab_not_ready');
      return agent.verifier.ask(lab.handles, request.body, untilGone(reply.raw));
    },
  );
  app.post('/labs/:id/restart-engine', { schema: { params } }, async (request, reply) => {
    await restartEngine(labs, request.params.id, untilGone(reply.raw));
    return {};
  });
  app.post(
    '/labs/:id/restart-container',
    {
      schema: {
        params,
        body: z.strictObject({ container: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/) }),
      },
    },
    async (request, reply) => {
      await restartContainer(labs, request.params.id, request.body.container, untilGone(reply.raw));
      return {};
    },
  );
  app.get('/labs/:id/stats', { schema: { params } }, (request) => labs.stats(request.params.id));
  app.get('/labs/:id/terminals', { schema: { params } }, (request) => ({
    terminals: agent.terminals.numbers(labs.get(request.params.id).id),
  }));
  app.post(
    '/labs/:id/terminals/:n',
    { schema: { params: params.extend({ n: terminalNumberSchema }) } },
    async (request) => {
      const lab = await labs.running(request.params.id);
      const { resumed } = agent.terminals.open(lab, request.params.n, { cols: 80, rows: 24 });
      return { resumed };
    },
  );
}

/** Aborts when whoever asked has gone before the answer. */
function untilGone(reply: ServerResponse): AbortSignal {
  const controller = new AbortController();
  reply.once('close', () => {
    if (!reply.writableFinished) controller.abort();
  });
  return controller.signal;
}
