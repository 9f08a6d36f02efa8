/** The phases of a lab by what they mean for limits and capacity. */
import type { LabPhase } from '../../protocol/api.ts';
import type { LabRecord } from '../store/index.ts';

/** Takes room on the lab host, or is about to. */
const placed: readonly LabPhase[] = ['creating', 'breaking', 'ready', 'checking', 'paused'];

export function isPlaced(lab: LabRecord): boolean {
  return placed.includes(lab.phase);
}

/** Counts against the learner's limit. */
export function isLive(lab: LabRecord): boolean {
  return lab.phase === 'queued' || isPlaced(lab);
}

/** On its way, by a job of this process. */
export function isBeingMade(lab: LabRecord): boolean {
  return lab.phase === 'creating' || lab.phase === 'breaking';
}
