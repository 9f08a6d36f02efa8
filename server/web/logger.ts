/** The log: JSON lines on stdout, and nothing else goes there. */
import type { Logger } from 'pino';
import { pino } from 'pino';
import type { Config } from '../config.ts';

export type { Logger } from 'pino';

export function createLogger(level: Config['logLevel']): Logger {
  return pino({
    level,
    base: { part: 'web' },
    redact: ['req.headers.cookie', 'req.headers.authorization'],
    serializers: { err: describe },
  });
}

const serialize = pino.stdSerializers.errWithCause;

function describe(error: unknown): unknown {
  return error instanceof Error ? serialize(error) : error;
}
