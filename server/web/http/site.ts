/** The static site, as `npm run build` left it. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DrydockError } from '../../errors.ts';
import type { App } from './app-types.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { createInlineScripts } from './inline-scripts.ts';

/** Astro puts a hash of the content into these names. */
const immutable = 'public, max-age=31536000, immutable';
const askEachTime = 'no-cache';

export async function siteRoutes(app: App, siteDir: string): Promise<void> {
  const hashesOf = createInlineScripts(siteDir);
  await app.register(fastifyStatic, {
    root: siteDir,
    suppressWarning: true,
    redirect: true,
    dotfiles: 'ignore',
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path, stat) => {
      const file = path.replace(/\.(?:br|gz)$/, '');
      reply.header(
        'cache-control',
        relative(siteDir, file).startsWith('_astro/') ? immutable : askEachTime,
      );
      if (!file.endsWith('.html')) return;
      const scriptHashes = hashesOf(file, stat.mtimeMs);
      const host = reply.request.headers.host ?? '';
      reply.header('content-security-policy', contentSecurityPolicy({ host, scriptHashes }));
    },
  });
  app.setNotFoundHandler((request, reply) => answerNotFound(siteDir, request, reply));
}

function answerNotFound(
  siteDir: string,
  { method, url }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const isPage = (method === 'GET' || method === 'HEAD') && !url.startsWith('/api/');
  if (!isPage) throw new DrydockError('not_found');
  if (existsSync(join(siteDir, '404.html'))) return reply.code(404).sendFile('404.html');
  if (existsSync(join(siteDir, 'index.html')))
    return reply.code(404).type('text/plain').send('There is nothing here.\n');
  const text =
    'The site is not built. Start Drydock with `npm start`, or build it with `npm run build`.\n';
  return reply.code(503).type('text/plain').send(text);
}
