/** Lets in only the site's own pages and, on loopback, tools. */
import type { FastifyRequest } from 'fastify';
import { DrydockError } from '../../errors.ts';
import type { ClassifyHost } from './host-names.ts';
import { isDirectlyLocal } from './loopback.ts';

/** Throws for every request that came under a name that is not this server's. */
export function guardHost(classify: ClassifyHost, request: FastifyRequest): void {
  if (classify(request.headers.host) === 'site') return;
  const detail = `This server does not answer to the host name "${request.headers.host ?? ''}".`;
  throw new DrydockError('wrong_host', { detail });
}

/**
 * Throws for API requests and sockets that another site's page could have made. Browsers send `Origin` with each
 * socket and each request that changes something, and say with `Sec-Fetch-Site` where the others come from.
 */
export function guardOrigin(request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin !== undefined) {
    if (isOwnOrigin(request, origin)) return;
    throw new DrydockError('not_same_origin');
  }
  const site = request.headers['sec-fetch-site'];
  if (request.ws)
    throw new DrydockError('not_same_origin', { hint: 'Send the Origin header of the site.' });
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (site === undefined || site === 'same-origin' || site === 'none') return;
    throw new DrydockError('not_same_origin');
  }
  const aTool = site === undefined && isDirectlyLocal(request);
  if (!aTool)
    throw new DrydockError('not_same_origin', { hint: 'Send the Origin header of the site.' });
}

function isOwnOrigin(request: FastifyRequest, origin: string): boolean {
  const host = request.headers.host?.toLowerCase();
  return origin === `http://${host}` || origin === `https://${host}`;
}
