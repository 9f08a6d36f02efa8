/** Who may see a preview: a one-time token from the lab's page becomes a cookie of that preview's host alone. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PreviewTarget } from './preview-host.ts';

export interface Passes {
  /** Good once, for a minute. */
  token: (target: PreviewTarget) => string;
  redeem: (target: PreviewTarget, token: string) => boolean;
  /** The cookie's value; it outlives a restart of the server. */
  cookie: (target: PreviewTarget) => string;
  isValid: (target: PreviewTarget, cookie: string) => boolean;
}

export const passCookie = 'drydock_preview';
export const passCookieMs = 12 * 60 * 60_000;
const tokenMs = 60_000;

export function createPasses(secret: Buffer, now: () => number = Date.now): Passes {
  const tokens = new Map<string, PreviewTarget & { expiresAt: number }>();

  const sign = ({ lab, port }: PreviewTarget, issuedAt: string): Buffer =>
    createHmac('sha256', secret).update(`${lab} ${port} ${issuedAt}`).digest();

  return {
    token: (target) => {
      for (const [token, { expiresAt }] of tokens) if (expiresAt < now()) tokens.delete(token);
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, { ...target, expiresAt: now() + tokenMs });
      return token;
    },
    redeem: ({ lab, port }, token) => {
      const found = tokens.get(token);
      tokens.delete(token);
      return found?.lab === lab && found.port === port && found.expiresAt >= now();
    },
    cookie: (target) => {
      const issuedAt = String(now());
      return `${issuedAt}.${sign(target, issuedAt).toString('base64url')}`;
    },
    isValid: (target, cookie) => {
      const [issuedAt = '', signature = ''] = cookie.split('.');
      if (!(now() - Number(issuedAt) < passCookieMs)) return false;
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(target, issuedAt);
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}
