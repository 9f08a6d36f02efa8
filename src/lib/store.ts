// Ships to the browser.
/**
 * What the page knows of the server: whether it is there, the learner's labs and progress. One for all components.
 * It shows nothing; components subscribe.
 */
import type { LabView, PageEvent, ScenarioSummary } from '../../server/protocol/api.ts';
import { Fault, getHealth, getLabs, getScenarios } from './api.ts';
import { EventsSocket } from './events-socket.ts';
import { rememberTransport } from './page-socket.ts';

export type Progress = ScenarioSummary['progress'];

/** `absent`: a site without a server, complete to read. `reconnecting`: it was there and will be back. */
export type ServerState = 'probing' | 'absent' | 'online' | 'reconnecting';

export interface State {
  server: ServerState;
  /** Why labs cannot be had although the server answers; otherwise empty. */
  trouble: string;
  /** It starts no new labs: it is about to be updated. */
  draining: boolean;
  labs: readonly LabView[];
  progress: ReadonlyMap<string, Progress>;
  /** All scenarios in the order of the course, once the server has said them. */
  course: readonly ScenarioSummary[];
}

type Message = Extract<PageEvent, { type: 'message' }>;

const absentRetryMs = 5000;
const listeners = new Set<(state: State) => void>();
const messageListeners = new Set<(message: Message) => void>();
const watched = new Map<string, number>();
const events = new EventsSocket({
  opened: sendWatch,
  closed: lost,
  received: receive,
  unreadable: () => void refetch(),
});

export let state: State = {
  server: 'probing',
  trouble: '',
  draining: false,
  labs: [],
  progress: new Map(),
  course: [],
};

/** Calls back at once and after each change, until the signal. */
export function subscribe(listener: (state: State) => void, signal: AbortSignal): void {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
  listener(state);
}

export function onMessage(listener: (message: Message) => void, signal: AbortSignal): void {
  messageListeners.add(listener);
  signal.addEventListener('abort', () => messageListeners.delete(listener));
}

/** The lab of a scenario that matters now: the newest. */
export function labOf(scenario: string): LabView | undefined {
  return state.labs
    .filter((lab) => lab.scenario === scenario)
    .sort((a, b) => b.createdAt - a.createdAt)[0];
}

export function labById(id: string): LabView | undefined {
  return state.labs.find((lab) => lab.id === id);
}

/** What the learner has done with a scenario, in a lab that runs or in one before it. */
export function progressOf(scenario: string): Progress {
  const known = state.progress.get(scenario) ?? 'new';
  return known === 'new' && labOf(scenario) ? 'started' : known;
}

/** The course with the progress of now. */
export function courseNow(): ScenarioSummary[] {
  return state.course.map((scenario) => ({ ...scenario, progress: progressOf(scenario.id) }));
}

/** Takes over what an answer of the API said, without waiting for its event. */
export function putLab(lab: LabView): void {
  changeLabs([...state.labs.filter((other) => other.id !== lab.id), lab]);
}

export function dropLab(id: string): void {
  changeLabs(state.labs.filter((lab) => lab.id !== id));
}

/** Says that this lab is looked at, so that it is re-asked on a beat, until the signal. */
export function watch(id: string, signal: AbortSignal): void {
  if (signal.aborted) return;
  watched.set(id, (watched.get(id) ?? 0) + 1);
  sendWatch();
  signal.addEventListener('abort', () => {
    const left = (watched.get(id) ?? 1) - 1;
    if (left > 0) watched.set(id, left);
    else watched.delete(id);
    sendWatch();
  });
}

export async function probe(): Promise<void> {
  try {
    const { labHost, draining } = await getHealth();
    change({
      draining,
      trouble: labHost.up ? '' : (labHost.reason ?? 'The lab host does not answer.'),
    });
    await rememberTransport();
    events.open();
  } catch (error) {
    change({ server: 'absent' });
    // Something else serves these pages: no use asking again.
    if (!(error instanceof Fault) || error.code === 'no_server') return;
    setTimeout(() => void probe(), absentRetryMs);
  }
}

export async function refreshProgress(): Promise<void> {
  const course = await getScenarios();
  change({ course, progress: new Map(course.map(({ id, progress }) => [id, progress])) });
}

function receive(event: PageEvent): void {
  switch (event.type) {
    case 'labs':
      // Whether it still drains is said after this, if it does.
      changeLabs(event.labs, { server: 'online', draining: false });
      void refreshProgress().catch(() => undefined);
      break;
    case 'lab':
      putLab(event.lab);
      break;
    case 'lab-gone':
      dropLab(event.id);
      break;
    case 'verdict':
      update(event.id, (lab) => ({
        ...lab,
        verdict: event.verdict,
        solved: lab.solved || event.verdict.solved,
      }));
      break;
    case 'hint':
      update(event.id, (lab) => ({ ...lab, hints: withHint(lab.hints, event.hint) }));
      break;
    case 'message':
      for (const listener of messageListeners) listener(event);
      break;
    case 'server':
      change({ draining: event.draining });
      break;
    case 'beat':
  }
}

export function withHint(
  hints: LabView['hints'],
  hint: LabView['hints'][number],
): LabView['hints'] {
  return [...hints.filter((other) => other.number !== hint.number), hint].sort(
    (a, b) => a.number - b.number,
  );
}

function update(id: string, next: (lab: LabView) => LabView): void {
  changeLabs(state.labs.map((lab) => (lab.id === id ? next(lab) : lab)));
}

/** What a lab shows as solved stays solved when it goes, without asking the catalogue again. */
function changeLabs(labs: readonly LabView[], more: Partial<State> = {}): void {
  const news = labs.filter((lab) => lab.solved && state.progress.get(lab.scenario) !== 'solved');
  const solved = news.map(({ scenario }): [string, Progress] => [scenario, 'solved']);
  change({
    ...more,
    labs,
    ...(news.length > 0 && { progress: new Map([...state.progress, ...solved]) }),
  });
}

/** What cannot be read this way either leaves the page as it was. */
async function refetch(): Promise<void> {
  try {
    changeLabs(await getLabs());
  } catch (error) {
    console.error(error);
  }
}

function lost(): void {
  if (state.server === 'online') change({ server: 'reconnecting' });
}

function change(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const listener of [...listeners]) listener(state);
}

function sendWatch(): void {
  events.send({
    type: 'watch',
    labs: document.visibilityState === 'visible' ? [...watched.keys()].slice(0, 16) : [],
  });
}

document.addEventListener('visibilitychange', sendWatch);
void probe();
