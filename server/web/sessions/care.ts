/** What time does to labs: expiry and its warning, idle pause, what becomes due, forgetting. */
import type { LabRecord } from '../store/index.ts';
import { logTrouble } from '../log-trouble.ts';
import type { SessionContext } from './context.ts';
import { isSolutionDue } from './due.ts';
import type { Ending } from './ending.ts';
import { isBeingMade, isLive, isPlaced } from './phases.ts';
import type { Sleep } from './sleep.ts';

const warnBeforeMs = 5 * 60_000;
/** Labs that ended can be reset for so long. */
const keepEndedMs = 24 * 60 * 60_000;

export function careFor(context: SessionContext, ending: Ending, sleep: Sleep): void {
  for (const lab of context.book.all()) {
    if (isPlaced(lab) && !isBeingMade(lab)) careForPlaced(context, lab, ending, sleep);
    if (!isLive(lab) && context.now() - lab.expiresAt > keepEndedMs) context.book.remove(lab.id);
  }
}

function careForPlaced(
  context: SessionContext,
  lab: LabRecord,
  ending: Ending,
  sleep: Sleep,
): void {
  const { log, now } = context;
  const failed = (error: unknown): void =>
    logTrouble(log, 'lab not cared for', error, { lab: lab.id });
  if (now() >= lab.expiresAt) {
    ending.end(lab.id, 'expired', 'Its time is over.').catch(failed);
    return;
  }
  warn(context, lab);
  tellDue(context, lab);
  if (isIdle(context, lab)) sleep.pause(lab.id).catch(failed);
}

function warn({ hub, notes, now }: SessionContext, lab: LabRecord): void {
  const note = notes.of(lab.id);
  if (note.warned || lab.expiresAt - now() > warnBeforeMs) return;
  note.warned = true;
  const minutes = Math.max(1, Math.round((lab.expiresAt - now()) / 60_000));
  const text = `This lab ends in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}; extend it to keep it.`;
  hub.publish(lab.owner, { type: 'message', id: lab.id, level: 'warning', text });
}

function tellDue({ book, notes, now }: SessionContext, lab: LabRecord): void {
  const note = notes.of(lab.id);
  const due = isSolutionDue(lab, now());
  if (due === note.solutionDue) return;
  note.solutionDue = due;
  book.touch(lab.id);
}

function isIdle({ config, notes, now }: SessionContext, lab: LabRecord): boolean {
  const { activeAt, viewers, checking } = notes.of(lab.id);
  if (config.idlePauseMinutes === 0 || lab.phase !== 'ready' || viewers > 0 || checking)
    return false;
  return now() - activeAt >= config.idlePauseMinutes * 60_000;
}
