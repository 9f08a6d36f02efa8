import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { DrydockError } from '../../errors.ts';
import { observeState } from '../metrics.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { isDirectlyLocal } from './loopback.ts';

export function metricsRoutes(app: App, { agent, config, metrics, sessions }: Services): void {
  observeState(metrics, {
    labs: () => countBy(sessions.book.all().map(({ phase }) => phase)),
    pool: sessions.poolState,
    labHost: () =>
      agent.status().then(
        ({ capacity }) => capacity,
        () => undefined,
      ),
  });
  app.get('/metrics', async (request, reply) => {
    if (!isDirectlyLocal(request) && !hasToken(request, config.metricsToken))
      throw new DrydockError('not_found');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

function countBy(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function hasToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return false;
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
