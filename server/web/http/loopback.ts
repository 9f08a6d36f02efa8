import type { FastifyRequest } from 'fastify';

/** Whether it was sent on this machine: a proxy on this machine brings requests from others. */
export function isDirectlyLocal({ raw, headers }: FastifyRequest): boolean {
  const viaProxy = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return isLoopback(raw.socket.remoteAddress) && !viaProxy;
}

/** Whether an address is this machine's own. */
function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address ?? '');
}
