/**
 * POST /api/tunnels: a page's sockets over plain HTTP (protocol/tunnel.ts). Knows frames and whose they are, and nothing
 * of what they say.
 */
import { z } from 'zod';
import { DrydockError } from '../../../errors.ts';
import { maxBatchBytes, maxPayloadBytes } from '../../../protocol/tunnel.ts';
import type { Services } from '../../services.ts';
import type { App } from '../app-types.ts';
import { closeCodes } from '../close-codes.ts';
import type { Learners } from '../learners.ts';
import { createSocketLimit } from '../socket-limit.ts';
import { streamAnswer } from '../stream-answer.ts';
import type { Doors } from './admit.ts';
import { admit } from './admit.ts';
import { Tunnel } from './tunnel.ts';

/** One for each browser tab. */
const maxTunnelsPerLearner = 64;
/** Keys come one by one: at most as fast as a browser paints, and a little more. */
const batchesPerMinute = 6000;

const params = z.strictObject({ tunnel: z.string().max(64) });
const querystring = z.strictObject({ batch: z.coerce.number().int().nonnegative() });

export function tunnelRoutes(
  app: App,
  { config }: Pick<Services, 'config'>,
  doors: Doors,
  learners: Learners,
): void {
  const limit = createSocketLimit(maxTunnelsPerLearner);
  const tunnels = new Map<string, { owner: string; tunnel: Tunnel }>();
  app.addHook('preClose', async () => {
    for (const { tunnel } of tunnels.values())
      tunnel.close(closeCodes.restart, 'the server restarts');
  });
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: maxBatchBytes + maxPayloadBytes },
    (_request, body, done) => done(null, body),
  );

  app.post('/api/tunnels', (request, reply) => {
    const owner = learners.known(request);
    limit.check(owner);
    const done = limit.add(owner);
    const response = streamAnswer(reply, 'application/octet-stream');
    const tunnel = new Tunnel(response, (path, socket) => admit(doors, owner, path, socket));
    tunnels.set(tunnel.name, { owner, tunnel });
    response.once('close', () => {
      done();
      tunnels.delete(tunnel.name);
    });
  });

  app.post(
    '/api/tunnels/:tunnel',
    {
      schema: { params, querystring },
      config: {
        rateLimit: { max: Math.max(batchesPerMinute, config.rateLimitPerMinute) },
      },
    },
    async (request, reply) => {
      const known = tunnels.get(request.params.tunnel);
      if (known?.owner !== learners.known(request)) throw new DrydockError('no_such_tunnel');
      const batch = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await known.tunnel.take(request.query.batch, batch);
      return reply.code(204).send();
    },
  );
}
