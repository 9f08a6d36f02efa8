import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { DrydockError } from '../../errors.ts';
import { observeState } from '../observe-state.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { isDirectlyLocal } from './loopback.ts';

export function metricsRoutes(app: App, services: Services): void {
  const { config, metrics } = services;
  observeState(metrics, services);
  app.get('/metrics', async (request, reply) => {
    if (!isDirectlyLocal(request) && !hasToken(request, config.metricsToken))
      throw new DrydockError('not_found');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

function hasToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return false;
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
