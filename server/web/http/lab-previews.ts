import { z } from 'zod';
import { previewSchema } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { labParams } from './lab-params.ts';
import type { Learners } from './learners.ts';

const params = labParams.extend({ port: z.coerce.number().int().min(1).max(65_535) });

export function labPreviewRoutes(
  app: App,
  { previews, sessions }: Services,
  learners: Learners,
): void {
  app.post(
    '/api/labs/:id/previews/:port',
    { schema: { params, response: { 200: previewSchema } } },
    async (request, reply) => {
      const { id } = sessions.book.own(learners.identify(request, reply), request.params.id);
      return { url: previews.open(id, request.params.port) };
    },
  );
}
