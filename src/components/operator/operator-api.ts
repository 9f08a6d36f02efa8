// Ships to the browser.
/** What the operator's page asks of the server. */
import type { OperatorState } from '../../../server/protocol/operator.ts';
import { request } from '../../lib/api.ts';
import { labPhase } from '../../lib/messages.ts';
import { flag, list, number, object, optional, text, type Read } from '../../lib/parse.ts';

type Lab = OperatorState['labs'][number];
type ReadyOf = OperatorState['pool']['blank'];
type Host = OperatorState['labHost'];

const readyOf = object<ReadyOf>({ ready: number, wanted: number });

const lab = object<Lab>({
  id: text,
  owner: text,
  scenario: text,
  state: labPhase,
  reason: text,
  createdAt: number,
  expiresAt: number,
  usage: optional(
    object<NonNullable<Lab['usage']>>({
      memory: number,
      memoryMax: number,
      disk: number,
      diskMax: number,
      pids: number,
    }),
  ),
  terminals: number,
  activeAt: number,
  solved: flag,
});

const state = object<OperatorState>({
  version: text,
  drainingSince: optional(number),
  signedIn: flag,
  labs: list(lab),
  queued: number,
  pool: object<OperatorState['pool']>({ blank: readyOf, broken: readyOf }),
  labHost: object<Host>({
    up: flag,
    reason: text,
    facts: optional(
      object<NonNullable<Host['facts']>>({
        version: text,
        kind: text,
        engine: text,
        cgroup: text,
        ownUsers: flag,
        labs: number,
        free: number,
        limitedBy: text,
        memoryFree: number,
        diskFree: number,
      }),
    ),
  }),
});

const anything: Read<unknown> = (value) => value;

export const getState = () => request('GET', '/api/operator', state);
export const signIn = (token: string) =>
  request('POST', '/api/operator/session', anything, { token });
export const signOut = () => request('DELETE', '/api/operator/session', anything);
export const setDrain = (on: boolean) => request('POST', '/api/operator/drain', anything, { on });
export const endLab = (id: string, message: string) =>
  request('POST', `/api/operator/labs/${id}/end`, anything, { message });
