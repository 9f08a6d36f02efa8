import { DrydockError } from '../../errors.ts';
import { healthSchema } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';

export function healthRoutes(app: App, { agent, drain, sessions, version }: Services): void {
  app.get('/api/health', { schema: { response: { 200: healthSchema } } }, async () => {
    const pool = sessions.poolState();
    const draining = drain.on();
    try {
      const { kind, engine, capacity } = await agent.status();
      const labHost = {
        up: engine.up,
        kind,
        engine: engine.version,
        free: capacity.free,
        limitedBy: capacity.limitedBy,
      };
      return {
        status: engine.up ? ('ok' as const) : ('degraded' as const),
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
