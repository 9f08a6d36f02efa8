/** Who may operate the server: in local mode whoever is there, else who has shown the token. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../../config.ts';
import { DrydockError } from '../../../errors.ts';
import { operatorCookieName } from '../../previews/site-cookies.ts';

export interface Operators {
  /** Whether there is an operator's page at all. */
  exist: boolean;
  /** Throws for who is none: 404 where nobody can be one, else 401. */
  check: (request: FastifyRequest) => void;
  /** By its cookie: it can sign out. */
  hasSignedIn: (request: FastifyRequest) => boolean;
  /** Throws `wrong_token`. */
  signIn: (request: FastifyRequest, reply: FastifyReply, token: string) => void;
  signOut: (reply: FastifyReply) => void;
}

const signedInMs = 12 * 60 * 60_000;

/** `secret` is the server's own: the cookie says nothing about the token, and ends with it. */
export function createOperators(
  { mode, operatorToken, publicUrl }: Pick<Config, 'mode' | 'operatorToken' | 'publicUrl'>,
  secret: Buffer,
): Operators {
  const exist = mode === 'local' || operatorToken !== undefined;
  const mark = createHmac('sha256', secret)
    .update(`operator:${operatorToken ?? ''}`)
    .digest('base64url');
  const cookie = {
    signed: true,
    httpOnly: true,
    sameSite: 'strict',
    path: '/api/operator',
    secure: publicUrl.startsWith('https:'),
  } as const;
  const hasSignedIn = (request: FastifyRequest): boolean => {
    const { valid, value } = request.unsignCookie(request.cookies[operatorCookieName] ?? '');
    const [until, given] = (valid ? (value ?? '') : '').split('.');
    return same(given ?? '', mark) && Number(until) > Date.now();
  };
  const hasToken = ({ headers }: FastifyRequest): boolean =>
    operatorToken !== undefined && same(headers.authorization ?? '', `Bearer ${operatorToken}`);

  return {
    exist,
    hasSignedIn,
    check: (request) => {
      if (!exist) throw new DrydockError('not_found');
      if (mode !== 'local' && !hasSignedIn(request) && !hasToken(request))
        throw new DrydockError('operator_only');
    },
    signIn: (request, reply, token) => {
      if (operatorToken === undefined) throw new DrydockError('not_found');
      if (!same(token, operatorToken)) {
        request.log.warn({ address: request.ip }, 'wrong operator token');
        throw new DrydockError('wrong_token');
      }
      const until = Date.now() + signedInMs;
      reply.setCookie(operatorCookieName, `${until}.${mark}`, {
        ...cookie,
        maxAge: signedInMs / 1000,
      });
    },
    signOut: (reply) => void reply.clearCookie(operatorCookieName, cookie),
  };
}

/** In a time that says nothing about where they differ, nor how long the secret is. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
