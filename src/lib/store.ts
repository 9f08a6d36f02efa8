// Ships to the browser.
/**
 * What the page knows of the server: whether it is there, the learner's labs and progress. One for all components.
 * It shows nothing; components subscribe.
 */
import type { LabView, PageEvent, ScenarioSummary } from '../../server/protocol/api.ts';
import { Fault, getHealth, getScenarios } from './api.ts';
import { EventsSocket } from './events-socket.ts';

/** `absent`: a site without a server, complete to read. `reconnecting`: it was there and will be back. */
export type ServerState = 'probing' | 'absent' | 'online' | 'reconnecting';

export interface State {
  server: ServerState;
  /** Why labs cannot be had although the server answers; otherwise empty. */
  trouble: string;
  labs: readonly LabView[];
  progress: ReadonlyMap<string, ScenarioSummary['progress']>;
  /** Of scenarios, by their id. */
  titles: ReadonlyMap<string, string>;
}

type Message = Extract<PageEvent, { type: 'message' }>;

const absentRetryMs = 5000;
const listeners = new Set<(state: State) => void>();
const messageListeners = new Set<(message: Message) => void>();
const watched = new Map<string, number>();
const events = new EventsSocket({ opened: sendWatch, closed: lost, received: receive });

export let state: State = {
  server: 'probing',
  trouble: '',
  labs: [],
  progress: new Map(),
  titles: new Map(),
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

/** Takes over what an answer of the API said, without waiting for its event. */
export function putLab(lab: LabView): void {
  change({ labs: [...state.labs.filter((other) => other.id !== lab.id), lab] });
}

export function dropLab(id: string): void {
  change({ labs: state.labs.filter((lab) => lab.id !== id) });
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
    const { labHost } = await getHealth();
    change({ trouble: labHost.up ? '' : (labHost.reason ?? 'The lab host does not answer.') });
    events.open();
  } catch (error) {
    change({ server: 'absent' });
    // Something else serves these pages: no use asking again.
    if (!(error instanceof Fault) || error.code === 'no_server') return;
    setTimeout(() => void probe(), absentRetryMs);
  }
}

export async function refreshProgress(): Promise<void> {
  const scenarios = await getScenarios();
  change({
    progress: new Map(scenarios.map(({ id, progress }) => [id, progress])),
    titles: new Map(scenarios.map(({ id, title }) => [id, title])),
  });
}

function receive(event: PageEvent): void {
  switch (event.type) {
    case 'labs':
      change({ server: 'online', labs: event.labs });
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
  change({ labs: state.labs.map((lab) => (lab.id === id ? next(lab) : lab)) });
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
