/** The one place where an error becomes an HTTP answer. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { DrydockError } from '../../errors.ts';
import type { Metrics } from '../metrics.ts';
import { JudgeFailed } from '../../verify/index.ts';

type AnswerFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

export function createAnswerFailure({ refusals }: Pick<Metrics, 'refusals'>): AnswerFailure {
  return (error, request, reply) => {
    const known = asKnown(error);
    refusals.inc({ code: known.code });
    answer(known, error, request, reply);
  };
}

function answer(
  known: DrydockError,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (known.status >= 500) request.log.error({ err: error }, known.message);
  void reply.code(known.status).type('application/json').send(known.toJSON());
}

function asKnown(error: unknown): DrydockError {
  if (error instanceof DrydockError) return error;
  if (error instanceof JudgeFailed)
    return new DrydockError('internal', { detail: error.message, cause: error });
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) =>
      `${instancePath} ${message ?? ''}`.trim(),
    );
    return new DrydockError('bad_request', {
      detail: `The request is not understood: ${faults.join('; ')}.`,
    });
  }
  // Fastify's own refusals: a body that is too large, no JSON, of another type.
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (error instanceof Error && status >= 400 && status < 500) {
    return new DrydockError('bad_request', { detail: error.message, cause: error });
  }
  return new DrydockError('internal', { cause: error });
}
