/** The log: JSON lines on stdout, and nothing else goes there. */
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';
import type { Config } from '../config.ts';

export type { Logger } from 'pino';

export function createLogger(level: Config['logLevel'], to?: DestinationStream): Logger {
  const options = {
    level,
    base: { part: 'web' },
    redact: ['req.headers.cookie', 'req.headers.authorization'],
    serializers: { err: describe },
  };
  return to ? pino(options, to) : pino(options);
}

const serialize = pino.stdSerializers.errWithCause;

function describe(error: unknown): unknown {
  return error instanceof Error ? serialize(error) : error;
}
