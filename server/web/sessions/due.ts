/** When a learner may see what would spoil the scenario. */
import type { LabRecord } from '../store/index.ts';

const hintsBeforeSolution = 3;
const triedForMs = 10 * 60_000;

/** After three hints, ten minutes at it, or having solved it. */
export function isSolutionDue(lab: LabRecord, now: number): boolean {
  if (lab.solved || lab.solutionSeen || lab.hints.length >= hintsBeforeSolution) return true;
  return lab.firstInputAt !== null && now - lab.firstInputAt >= triedForMs;
}

/** When it is solved, or the solution was read. */
export function isDebriefDue(lab: LabRecord): boolean {
  return lab.solved || lab.solutionSeen;
}
