/**
 * The HTTP side: routes, their guards, headers and failures. One file per resource; knows learners by their cookie, and
 * labs only through the sessions.
 */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import { fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { DrydockError } from '../../errors.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { closeCodes } from './close-codes.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { createEventsDoor, eventsSocketRoute } from './events-socket.ts';
import { eventsStreamRoute } from './events-stream.ts';
import { createAnswerFailure } from './failures.ts';
import { frontServer } from './front-server.ts';
import { healthRoutes } from './health.ts';
import { createClassifyHost } from './host-names.ts';
import { labHelpRoutes } from './lab-help.ts';
import { labPreviewRoutes } from './lab-previews.ts';
import { labRoutes } from './labs.ts';
import type { Learners } from './learners.ts';
import { createLearners } from './learners.ts';
import { metricsRoutes } from './metrics.ts';
import { hidePage, operatorRoutes } from './operator/index.ts';
import type { Operators } from './operator/operators.ts';
import { createOperators } from './operator/operators.ts';
import { guardHost, guardOrigin } from './origin-guard.ts';
import { scenarioRoutes } from './scenarios.ts';
import { siteRoutes } from './site.ts';
import { createTerminalDoor, terminalSocketRoute } from './terminal-socket.ts';
import { tunnelRoutes } from './tunnel/index.ts';

/** No request of the API carries more than a scenario's id. */
const maxBodyBytes = 16 * 1024;
/** A paste comes in one frame. */
const maxFrameBytes = 4 * 1024 * 1024;

export async function createApp(services: Services): Promise<App> {
  const { config, log, store } = services;
  // Never listens: sockets of the site are handed to it once they are told from those of previews.
  const siteUpgrades = createServer();
  const classify = createClassifyHost(config);
  const app: App = fastify({
    loggerInstance: log,
    // The metrics count requests; failures are logged where they are answered.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    trustProxy: config.trustProxy,
    forceCloseConnections: true,
    serverFactory: (site) =>
      frontServer({ classify, site, siteUpgrades, previews: services.previews }),
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(createAnswerFailure(services.metrics));
  await app.register(cookie, { secret: store.secrets.get('cookies') });
  await registerSockets(app, siteUpgrades);
  await registerHeaders(app, config.publicUrl.startsWith('https:'));
  app.addHook('onRequest', async (request) => guardHost(classify, request));

  const learners = createLearners(config);
  const operators = createOperators(config, store.secrets.get('cookies'));
  await app.register(async (api: App) => {
    await registerApi(api, services, learners, operators);
  });
  hidePage(app, operators);
  metricsRoutes(app, services);
  await siteRoutes(app, config.siteDir);
  return app;
}

async function registerSockets(app: App, server: Server): Promise<void> {
  await app.register(websocket, {
    options: { server, maxPayload: maxFrameBytes, perMessageDeflate: false },
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, 'socket failed');
      socket.terminate();
    },
    preClose: (done) => {
      for (const client of app.websocketServer.clients) {
        client.close(closeCodes.restart, 'the server restarts');
        client.resume();
      }
      app.websocketServer.close(() => done());
    },
  });
}

/** The policy is set per answer: it names the host that was asked, and pages add their own scripts. */
async function registerHeaders(app: App, https: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: false,
    strictTransportSecurity: https && { maxAge: 31_536_000 },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header(
      'content-security-policy',
      contentSecurityPolicy({ host: request.headers.host ?? '' }),
    );
    reply.header(
      'permissions-policy',
      'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    );
  });
}

/** Their end says how long they were looked at, not how long an answer took. */
const streams = ['/api/labs/:id/events', '/api/tunnels'];

async function registerApi(
  api: App,
  services: Services,
  learners: Learners,
  operators: Operators,
): Promise<void> {
  await api.register(rateLimit, {
    max: services.config.rateLimitPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => learners.find(request) ?? request.ip,
    errorResponseBuilder: () => new DrydockError('too_many_requests'),
  });
  api.addHook('onRequest', async (request, reply) => {
    guardOrigin(request);
    reply.header('cache-control', 'no-store');
  });
  api.addHook('onResponse', async (request, reply) => {
    const { method, url: route = 'none' } = request.routeOptions;
    if (request.ws || streams.includes(route)) return;
    const labels = { method: String(method), route, status: String(reply.statusCode) };
    services.metrics.requests.observe(labels, reply.elapsedTime / 1000);
  });
  healthRoutes(api, services, learners);
  scenarioRoutes(api, services, learners);
  labRoutes(api, services, learners);
  labHelpRoutes(api, services, learners);
  labPreviewRoutes(api, services, learners);
  operatorRoutes(api, services, operators);
  eventsStreamRoute(api, services, learners);
  const doors = { events: createEventsDoor(services), terminal: createTerminalDoor(services) };
  eventsSocketRoute(api, doors.events, learners);
  terminalSocketRoute(api, doors.terminal, learners);
  // By itself: no other route takes a body of its kind.
  await api.register(async (tunnels: App) => tunnelRoutes(tunnels, services, doors, learners));
  api.all('/api/*', async () => {
    throw new DrydockError('not_found');
  });
}
