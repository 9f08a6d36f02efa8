import { z } from 'zod';
import { createLabRequestSchema, labViewSchema } from '../../protocol/api.ts';
import { terminalListSchema } from '../../protocol/terminal.ts';
import { verdictSchema } from '../../protocol/verdict.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { labParams } from './lab-params.ts';
import type { Learners } from './learners.ts';

export function labRoutes(
  app: App,
  { agent, sessions, verdicts }: Services,
  learners: Learners,
): void {
  const { book, viewOf } = sessions;
  const oneLab = { schema: { params: labParams, response: { 200: labViewSchema } } };

  app.post(
    '/api/labs',
    {
      schema: {
        body: createLabRequestSchema,
        response: { 201: labViewSchema, 202: labViewSchema },
      },
    },
    async (request, reply) => {
      const lab = await sessions.create(learners.identify(request, reply), request.body.scenario);
      return reply.code(lab.phase === 'queued' ? 202 : 201).send(viewOf(lab));
    },
  );

  app.get(
    '/api/labs',
    { schema: { response: { 200: z.array(labViewSchema) } } },
    async (request, reply) => book.ofOwner(learners.identify(request, reply)).map(viewOf),
  );

  app.get('/api/labs/:id', oneLab, async (request, reply) =>
    viewOf(book.own(learners.identify(request, reply), request.params.id)),
  );

  app.delete('/api/labs/:id', { schema: { params: labParams } }, async (request, reply) => {
    const { id } = book.own(learners.identify(request, reply), request.params.id);
    await sessions.destroy(id);
    return {};
  });

  app.post('/api/labs/:id/reset', oneLab, async (request, reply) => {
    const { id } = book.own(learners.identify(request, reply), request.params.id);
    return viewOf(await sessions.reset(id));
  });

  app.post('/api/labs/:id/extend', oneLab, async (request, reply) => {
    const { id } = book.own(learners.identify(request, reply), request.params.id);
    return viewOf(sessions.extend(id));
  });

  app.post(
    '/api/labs/:id/check',
    { schema: { params: labParams, response: { 200: verdictSchema } } },
    async (request, reply) => {
      const { id } = book.own(learners.identify(request, reply), request.params.id);
      return verdicts.check(id);
    },
  );

  app.get(
    '/api/labs/:id/terminals',
    { schema: { params: labParams, response: { 200: terminalListSchema } } },
    async (request, reply) => {
      const { agentId } = book.own(learners.identify(request, reply), request.params.id);
      return agentId === null ? { terminals: [] } : agent.terminals(agentId);
    },
  );
}
