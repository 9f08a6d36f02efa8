/** What the agent's failures are called on this side. */
import type { ErrorCode } from '../errors.ts';
import { catalogue, DrydockError } from '../errors.ts';
import { apiErrorSchema } from '../protocol/api.ts';

export function hostDown(cause: unknown, detail?: string): DrydockError {
  const reason = detail ?? (cause instanceof Error ? cause.message : String(cause));
  return new DrydockError('lab_host_down', {
    detail: `The lab host does not answer (${reason}).`,
    cause,
  });
}

/** The agent's own error, as far as this side knows its code. */
export function errorOf(status: number, body: string): DrydockError {
  const parsed = apiErrorSchema.safeParse(safeJson(body));
  if (!parsed.success)
    return new DrydockError('internal', { detail: `The lab host agent answered ${status}.` });
  const { code, message, hint } = parsed.data.error;
  if (isErrorCode(code)) return new DrydockError(code, { detail: message, hint });
  return new DrydockError('internal', { detail: `${code}: ${message}`, hint });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

function safeJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
