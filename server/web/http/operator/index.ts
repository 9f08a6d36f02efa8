/** /api/operator: the state of the server, drain, and the end of a lab, for its operator (protocol/operator.ts). */
import {
  drainAnswerSchema,
  drainRequestSchema,
  endRequestSchema,
  operatorStateSchema,
  signInSchema,
} from '../../../protocol/operator.ts';
import type { Services } from '../../services.ts';
import type { App } from '../app-types.ts';
import { labParams } from '../lab-params.ts';
import type { Operators } from './operators.ts';
import { operatorState } from './state.ts';

/** Guesses at the token, from one address; a person who mistypes needs no more. */
const signInsPerMinute = 10;

export function operatorRoutes(app: App, services: Services, operators: Operators): void {
  const { drain, log, sessions } = services;

  app.post(
    '/api/operator/session',
    {
      schema: { body: signInSchema },
      // By address: whoever guesses throws its cookies away.
      config: {
        rateLimit: { max: signInsPerMinute, keyGenerator: (request: { ip: string }) => request.ip },
      },
    },
    async (request, reply) => {
      operators.signIn(request, reply, request.body.token);
      return {};
    },
  );

  app.delete('/api/operator/session', async (_request, reply) => {
    operators.signOut(reply);
    return {};
  });

  app.get(
    '/api/operator',
    { schema: { response: { 200: operatorStateSchema } } },
    async (request) => {
      operators.check(request);
      return operatorState(services, operators.hasSignedIn(request));
    },
  );

  app.post(
    '/api/operator/drain',
    { schema: { body: drainRequestSchema, response: { 200: drainAnswerSchema } } },
    async (request) => {
      operators.check(request);
      drain.set(request.body.on);
      return { draining: drain.on() };
    },
  );

  app.post(
    '/api/operator/labs/:id/end',
    { schema: { params: labParams, body: endRequestSchema } },
    async (request) => {
      operators.check(request);
      const { id } = request.params;
      log.info({ lab: id, address: request.ip }, 'lab ended by the operator');
      await sessions.endByOperator(id, request.body.message);
      return {};
    },
  );
}

/** Where nobody can be the operator, the page is not there either. */
export function hidePage(app: App, { exist }: Operators): void {
  if (exist) return;
  app.addHook('onRequest', async (request, reply) => {
    if (isOperatorPage(request.url)) reply.callNotFound();
  });
}

function isOperatorPage(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  try {
    return /^\/+(?:\.\/+)*operator(?:\/|$)/i.test(decodeURIComponent(path));
  } catch {
    return false;
  }
}
