import { DrydockError, reasonOf } from '../../errors.ts';

/** What a failure becomes on the wire. */
export function toDrydockError(error: unknown): DrydockError {
  if (error instanceof DrydockError) return error;
  if (error instanceof Error && 'validation' in error) {
    return new DrydockError('bad_request', { detail: error.message, cause: error });
  }
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) {
    return new DrydockError('not_found', { detail: error.message, cause: error });
  }
  return new DrydockError('internal', { detail: reasonOf(error), cause: error });
}
