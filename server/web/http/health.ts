import { DrydockError } from '../../errors.ts';
import { healthSchema } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import type { Learners } from './learners.ts';

export function healthRoutes(
  app: App,
  { agent, drain, sessions, version }: Services,
  learners: Learners,
): void {
  const schema = { response: { 200: healthSchema } };
  app.get('/api/health', { schema }, async (request, reply) => {
    // What a page asks first: its sockets, which come next, cannot be given a cookie.
    learners.identify(request, reply);
    const pool = sessions.poolState();
    const draining = drain.on();
    try {
      const { kind, engine, capacity } = await agent.status();
      // An engine that is up says nothing yet of whether a lab starts in it.
      const trouble = sessions.trouble();
      const labHost = {
        up: engine.up,
        kind,
        engine: engine.version,
        free: capacity.free,
        limitedBy: capacity.limitedBy,
        ...(trouble !== undefined && { reason: `Labs do not start: ${trouble}` }),
      };
      return {
        status: engine.up && trouble === undefined ? ('ok' as const) : ('degraded' as const),
        version,
        draining,
        labHost,
        pool,
      };
    } catch (error) {
      const reason =
        error instanceof DrydockError
          ? error.message
          : 'The lab host gave an answer that is not understood.';
      return {
        status: 'degraded' as const,
        version,
        draining,
        labHost: { up: false, reason },
        pool,
      };
    }
  });
}
