// Ships to the browser.
/** Requests to `/api`. Every answer is read here; what goes wrong becomes a Fault that can be shown as it is. */
import type { LabView, ScenarioSummary } from '../../server/protocol/api.ts';
import type { Verdict } from '../../server/protocol/verdict.ts';
import * as messages from './messages.ts';
import { list, type Read } from './parse.ts';

/** Something to tell the learner: what is wrong, and what to do about it. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** How far this browser's clock is behind the server's, in milliseconds, from the last answer. */
let clockOffsetMs = 0;
export const serverNow = (): number => Date.now() + clockOffsetMs;

export const getHealth = () => request('GET', '/api/health', messages.health);
export const getScenarios = (): Promise<ScenarioSummary[]> =>
  request('GET', '/api/scenarios', list(messages.scenario));
/** The page is open: a lab that is broken already may be had sooner. */
export const warmScenario = (id: string): Promise<unknown> =>
  request('POST', `/api/scenarios/${id}/warm`, anything);
export const getLabs = (): Promise<LabView[]> => request('GET', '/api/labs', list(messages.lab));
export const createLab = (scenario: string): Promise<LabView> =>
  request('POST', '/api/labs', messages.lab, { scenario });
export const endLab = (id: string): Promise<unknown> =>
  request('DELETE', `/api/labs/${id}`, anything);
export const resetLab = (id: string): Promise<LabView> =>
  request('POST', `/api/labs/${id}/reset`, messages.lab);
export const extendLab = (id: string): Promise<LabView> =>
  request('POST', `/api/labs/${id}/extend`, messages.lab);
export const checkLab = (id: string): Promise<Verdict> =>
  request('POST', `/api/labs/${id}/check`, messages.verdict);
/** Numbers of the lab's terminals that run, whichever page opened them. */
export const getTerminals = async (id: string): Promise<number[]> =>
  (await request('GET', `/api/labs/${id}/terminals`, messages.terminals)).terminals;
export const nextHint = (id: string) => request('POST', `/api/labs/${id}/hints`, messages.hint);
export const getSolution = (id: string) =>
  request('GET', `/api/labs/${id}/solution`, messages.solution);
/** Of a scenario that is solved: it needs no lab. */
export const getSolutionOf = (scenario: string) =>
  request('GET', `/api/scenarios/${scenario}/solution`, messages.solution);
export const getDebriefOf = (scenario: string) =>
  request('GET', `/api/scenarios/${scenario}/debrief`, messages.debrief);
export const openPreview = (id: string, port: number) =>
  request('POST', `/api/labs/${id}/previews/${port}`, messages.preview);

const anything: Read<unknown> = (value) => value;

/** Throws a `Fault` for whatever goes wrong. */
export async function request<T>(
  method: string,
  path: string,
  read: Read<T>,
  body?: object,
): Promise<T> {
  const answer = await send(method, path, body);
  if (!(answer.headers.get('content-type') ?? '').includes('json')) throw noServer();
  const date = Date.parse(answer.headers.get('date') ?? '');
  // `Date` has whole seconds: smaller differences say nothing.
  if (Math.abs(date - Date.now()) > 2000) clockOffsetMs = date - Date.now();
  const value: unknown = await answer.json();
  if (answer.ok) return read(value, path);
  const { error } = messages.apiError(value, path);
  throw new Fault(error.code, error.message, error.hint);
}

async function send(method: string, path: string, body?: object): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: body
        ? { accept: 'application/json', 'content-type': 'application/json' }
        : { accept: 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw Object.assign(
      new Fault('unreachable', 'The server does not answer.', 'Is `npm start` still running?'),
      {
        cause,
      },
    );
  }
}

/** The pages are served by something that is not Drydock. */
function noServer(): Fault {
  return new Fault(
    'no_server',
    'There is no Drydock server at this address.',
    'Start one with `npm start`.',
  );
}
