/** A scenario could not be judged at all: its code does not load, or the worker was lost before it began. */
export class JudgeFailed extends Error {
  override readonly name = 'JudgeFailed';
}
