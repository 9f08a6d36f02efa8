// Ships to the browser.
/** One sentence for every state a lab or the server can be in. */
import type { LabView } from '../../../server/protocol/api.ts';
import type { State } from '../../lib/store.ts';
import { about } from '../../lib/time.ts';

export type Tone = 'idle' | 'busy' | 'ready' | 'asleep' | 'bad';

export interface Status {
  tone: Tone;
  text: string;
}

export interface Known {
  /** In this lab or before. */
  solved: boolean;
  /** What the server said it is doing while it checks. */
  doing: string;
}

export function statusOf(state: State, lab: LabView | undefined, { solved, doing }: Known): Status {
  if (state.server === 'absent') {
    return {
      tone: 'idle',
      text: 'To work on it, run Drydock on your machine: `npm start`, then open the address it prints.',
    };
  }
  if (state.server === 'probing') return { tone: 'busy', text: 'Looking for the server …' };
  if (state.server === 'reconnecting') {
    return { tone: 'bad', text: 'The server does not answer. Your lab goes on; reconnecting …' };
  }
  if (lab?.state === 'checking' && doing) return { tone: 'busy', text: doing };
  if (lab && !(state.draining && (lab.state === 'expired' || lab.state === 'failed')))
    return ofLab(lab);
  if (state.draining) return { tone: 'idle', text: drainingText };
  if (state.trouble) return { tone: 'bad', text: state.trouble };
  return {
    tone: 'idle',
    text: solved ? 'You solved this. No lab runs now.' : 'No lab runs for this yet.',
  };
}

const drainingText =
  'The server is about to be updated and starts no new labs until then. Labs that run go on.';

function ofLab(lab: LabView): Status {
  switch (lab.state) {
    case 'queued':
      return { tone: 'busy', text: queueText(lab) };
    case 'creating':
      return { tone: 'busy', text: 'Starting a Docker host …' };
    case 'breaking':
      return { tone: 'busy', text: 'Breaking it …' };
    case 'ready':
      return ofReady(lab);
    case 'checking':
      return { tone: 'busy', text: lab.reason || 'Checking everything …' };
    case 'paused':
      return {
        tone: 'asleep',
        text: 'Asleep, nothing is lost. Press any key in the terminal to wake it.',
      };
    case 'stopped':
      return {
        tone: 'bad',
        text: `Stopped. ${lab.reason || 'The machine was switched off from inside.'} Reset it to get it back as it was broken.`,
      };
    case 'expired':
      return {
        tone: 'bad',
        text: 'Its time is over. Start again to get the host back as it was broken.',
      };
    case 'failed':
      return { tone: 'bad', text: `It could not be started. ${lab.reason}` };
  }
}

/** Red counts as soon as it is a break: goals are red from the start, guards are not. */
function ofReady({ solved, verdict }: LabView): Status {
  const red = verdict?.checks.filter((check) => check.status === 'fail') ?? [];
  const guards = red.filter(({ kind }) => kind === 'guard').length;
  const goals = red.length - guards;
  const broken = [
    ...(guards > 0 ? [guards === 1 ? '1 guard is broken' : `${guards} guards are broken`] : []),
    ...(solved && goals > 0 ? [goals === 1 ? '1 goal is lost' : `${goals} goals are lost`] : []),
  ].join(' and ');
  if (broken && solved) return { tone: 'bad', text: `Solved before; ${broken} now.` };
  if (broken) return { tone: 'bad', text: `Running. ${broken}.` };
  if (solved) return { tone: 'ready', text: 'Solved. The debrief says what it was.' };
  return { tone: 'ready', text: 'Running. Checks follow what you do.' };
}

function queueText({ position, etaSeconds, reason }: LabView): string {
  const place = position === undefined ? 'in line' : `number ${position} in line`;
  const wait = etaSeconds === undefined ? '' : `, ${about(etaSeconds)}`;
  return `Waiting for a place: ${place}${wait}. ${reason}`.trim();
}
