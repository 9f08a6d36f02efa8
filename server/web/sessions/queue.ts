/** The learners who wait for room, in the order they came. */
import type { LabRecord } from '../store/index.ts';
import { isPlaced } from './phases.ts';

export interface QueuePlace {
  /** 1 is next. */
  position: number;
  etaSeconds: number;
}

/** Those that wait, first come first. */
export function queued(labs: LabRecord[]): LabRecord[] {
  return labs.filter((lab) => lab.phase === 'queued').sort((a, b) => a.startedAt - b.startedAt);
}

/** The estimate: labs end one after the other, each after the time that labs have left on average. */
export function queuePlace(labs: LabRecord[], id: string, now: number): QueuePlace | undefined {
  const index = queued(labs).findIndex((lab) => lab.id === id);
  if (index < 0) return undefined;
  const left = labs.filter(isPlaced).map((lab) => Math.max(0, lab.expiresAt - now) / 1000);
  const total = left.reduce((sum, seconds) => sum + seconds, 0);
  const position = index + 1;
  return {
    position,
    etaSeconds: left.length === 0 ? 0 : Math.round((total / left.length ** 2) * position),
  };
}
