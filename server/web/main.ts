/** The web server's process. Prints log lines alone; what keeps it from starting is one sentence on stderr, exit 2. */
import type { Config } from '../config.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import type { Web } from './start-web.ts';
import { startWeb } from './start-web.ts';

/** Sockets that do not close by then are cut. */
const stopTimeoutMs = 3_000;

const config = readConfig();
const log = createLogger(config.logLevel);
process.on('uncaughtException', (error) => crash(log, error));
process.on('unhandledRejection', (error) => crash(log, error));

const web = await start(config);
log.info({ url: config.publicUrl, host: config.host, port: config.port }, 'listening');
warnOpenDoors(config);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void stop(web, signal));

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    return cannotStart(error instanceof ConfigError ? error.message : String(error));
  }
}

async function start(config: Config): Promise<Web> {
  try {
    return await startWeb(config, log);
  } catch (error) {
    log.debug({ err: error }, 'not started');
    return cannotStart(reasonOf(error, config));
  }
}

function reasonOf(error: unknown, { host, port, stateDir }: Config): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken. End what listens there, or set PORT to another one.`;
  if (code === 'EADDRNOTAVAIL')
    return `${host} is no address of this machine. Set HOST to one that is.`;
  if (code === 'EACCES' || code === 'EPERM') {
    return `Not allowed: ${String(error)}. The server's user must be able to write to ${stateDir}/web and to listen on port ${port}.`;
  }
  return `The web server cannot start: ${String(error)}`;
}

function cannotStart(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/** With one learner for all browsers, whoever reaches the port has the labs. */
function warnOpenDoors({ host, mode }: Config): void {
  const open = mode === 'local' && !['127.0.0.1', '::1', 'localhost'].includes(host);
  if (open)
    log.warn({ host }, 'everybody who reaches this address shares the same labs: set MODE=multi');
}

async function stop(web: Web, signal: string): Promise<void> {
  log.info({ signal }, 'stopping; labs stay');
  setTimeout(() => process.exit(0), stopTimeoutMs).unref();
  await web[Symbol.asyncDispose]();
  process.exit(0);
}

/** What state the process is in is not known: the next start adopts everything, so ending is safe. */
function crash(log: Logger, error: unknown): void {
  log.fatal({ err: error }, 'crashed');
  log.flush();
  process.exit(1);
}
