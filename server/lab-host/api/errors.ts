import { DrydockError } from '../../errors.ts';

/** What a failure becomes on the wire. */
export function toDrydockError(error: unknown): DrydockError {
  if (error instanceof DrydockError) return error;
  if (error instanceof Error && 'validation' in error) {
    return new DrydockError('bad_request', { detail: error.message, cause: error });
  }
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) {
    return new DrydockError('not_found', { detail: error.message, cause: error });
  }
  return new DrydockError('internal', { detail: words(error), cause: error });
}

function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${words(error.cause)}`;
}
