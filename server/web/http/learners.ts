/** Who is asking: one learner in local mode, else whom the signed cookie names. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { DrydockError } from '../../errors.ts';
import { learnerCookieName } from '../previews/site-cookies.ts';

export interface Learners {
  /** Who it is; a browser that is new gets its cookie with this answer. */
  identify: (request: FastifyRequest, reply: FastifyReply) => string;
  /** For sockets, whose answer cannot carry a cookie. Throws for who has none. */
  known: (request: FastifyRequest) => string;
  /** Undefined for who has no cookie yet. */
  find: (request: FastifyRequest) => string | undefined;
}

const localLearner = 'local';
const cookieDays = 365;

export function createLearners({ mode, publicUrl }: Pick<Config, 'mode' | 'publicUrl'>): Learners {
  const find = (request: FastifyRequest): string | undefined => {
    if (mode === 'local') return localLearner;
    const cookie = request.unsignCookie(request.cookies[learnerCookieName] ?? '');
    return cookie.valid ? (cookie.value ?? undefined) : undefined;
  };
  return {
    find,
    identify: (request, reply) => {
      const known = find(request);
      if (known !== undefined) return known;
      const learner = randomBytes(15).toString('base64url');
      reply.setCookie(learnerCookieName, learner, {
        signed: true,
        httpOnly: true,
        sameSite: 'strict',
        secure: publicUrl.startsWith('https:'),
        path: '/',
        maxAge: cookieDays * 24 * 60 * 60,
      });
      return learner;
    },
    known: (request) => {
      const learner = find(request);
      if (learner === undefined) {
        const hint = 'Ask for /api/scenarios first: the answer sets the cookie.';
        throw new DrydockError('bad_request', { detail: 'There is no learner cookie yet.', hint });
      }
      return learner;
    },
  };
}
