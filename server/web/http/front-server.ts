/** Tells requests for previews from those for the site by their host name, before either sees them. */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { Previews } from '../previews/index.ts';
import type { ClassifyHost } from './host-names.ts';

export interface FrontServerOptions {
  classify: ClassifyHost;
  site: RequestListener;
  /** Where the site's sockets go. */
  siteUpgrades: Server;
  previews: Previews;
}

export function frontServer({
  classify,
  site,
  siteUpgrades,
  previews,
}: FrontServerOptions): Server {
  const server = createServer((request, response) => {
    const host = classify(request.headers.host);
    if (typeof host === 'object') void previews.request(host, request, response);
    else site(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const host = classify(request.headers.host);
    if (typeof host === 'object') void previews.upgrade(host, { request, socket, head });
    else siteUpgrades.emit('upgrade', request, socket, head);
  });
  return server;
}
