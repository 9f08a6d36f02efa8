/** The one catalogue of errors: code, HTTP status, message, and what to do about it. */
export const catalogue = {
  bad_request: [400, 'The request is not understood.', 'Check it against the API description.'],
  not_same_origin: [
    403,
    'The request came from another site.',
    'Use Drydock from its own address.',
  ],
  wrong_host: [
    421,
    'This server does not answer to that host name.',
    'Add the name to ALLOWED_HOSTS if it is yours.',
  ],
  not_found: [404, 'There is nothing here.', 'Go back to the catalogue.'],
  no_such_scenario: [
    404,
    'There is no such scenario.',
    'See GET /api/scenarios for those there are.',
  ],
  no_such_lab: [404, 'There is no such lab, or it is not yours.', 'Start the scenario again.'],
  no_such_terminal: [404, 'There is no such terminal.', 'Open a new tab.'],
  no_such_tunnel: [404, 'The connection is not there any more.', 'Open a new one.'],
  too_many_labs: [
    429,
    'You already have as many labs as you may.',
    'End one of them, then start this one.',
  ],
  too_many_requests: [429, 'Too many requests.', 'Wait a moment and try again.'],
  too_many_terminals: [429, 'This lab has as many terminals as it may.', 'Close one of them.'],
  lab_host_full: [
    503,
    'The machine cannot carry another lab now.',
    'End a lab, or wait for one to end.',
  ],
  draining: [
    503,
    'The server is about to be updated and starts no new labs until then.',
    'Go on with a lab that runs, or come back in a while.',
  ],
  wrong_token: [
    403,
    'That is not the operator’s token.',
    'It is OPERATOR_TOKEN in the settings of the server.',
  ],
  operator_only: [401, 'This is for the operator of the server.', 'Sign in at /operator/.'],
  lab_host_down: [503, 'The lab host does not answer.', 'Run `npm run doctor` on the server.'],
  lab_not_ready: [409, 'The lab is not ready for that.', 'Wait until it is ready, or reset it.'],
  lab_stopped: [409, 'The lab is stopped.', 'Reset it to get it back as it was broken.'],
  lab_failed: [
    500,
    'The lab could not be started.',
    'Try again; the log of the server has the reason.',
  ],
  engine_timeout: [
    504,
    "The lab's engine did not come up in time.",
    'Try again; if it repeats, run `npm run doctor`.',
  ],
  break_failed: [
    500,
    'The scenario could not be set up.',
    'Try again; if it repeats, the scenario is at fault: tell its author.',
  ],
  extend_exhausted: [409, 'The lab has had all the time it can get.', 'Reset it to begin anew.'],
  no_more_hints: [
    404,
    'There is no further hint for the state your lab is in.',
    'Look at what the checks have seen.',
  ],
  solution_not_due: [
    403,
    'The solution opens after you have tried.',
    'Take the hints first, or keep at it for a few minutes.',
  ],
  debrief_not_due: [
    403,
    'The debrief opens when the scenario is solved.',
    'Solve it, or read the solution when it is due.',
  ],
  internal: [
    500,
    'Something went wrong in Drydock.',
    'Try again; the log of the server has the reason.',
  ],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ErrorCode = keyof typeof catalogue;

/** An error with a code of the catalogue; `detail` replaces the message where it can say more. */
export class DrydockError extends Error {
  override readonly name = 'DrydockError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly hint: string;

  constructor(code: ErrorCode, options: { detail?: string; hint?: string; cause?: unknown } = {}) {
    const [status, message, hint] = catalogue[code];
    super(options.detail ?? message, { cause: options.cause });
    this.code = code;
    this.status = status;
    this.hint = options.hint ?? hint;
  }

  toJSON(): { error: { code: string; message: string; hint: string } } {
    return { error: { code: this.code, message: this.message, hint: this.hint } };
  }
}

/** What went wrong, and why, and why that. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}
