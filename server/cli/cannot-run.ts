/** Something that keeps a command from being run at all: exit code 2, a sentence that says what, and what to do. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
  readonly todo: string;

  constructor(what: string, todo: string, cause?: unknown) {
    super(what, { cause });
    this.todo = todo;
  }
}
