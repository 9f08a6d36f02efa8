/** Logs what went wrong beside a request; that the lab host is away is said once, by who follows it. */
import { DrydockError } from '../errors.ts';
import type { Logger } from './logger.ts';

export function logTrouble(log: Logger, message: string, error: unknown, about: object = {}): void {
  const known = error instanceof DrydockError && error.code === 'lab_host_down';
  log[known ? 'debug' : 'warn']({ err: error, ...about }, message);
}
