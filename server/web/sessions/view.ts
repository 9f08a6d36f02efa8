/** A lab as its learner's page gets it. */
import type { Config } from '../../config.ts';
import type { LabPhase, LabView } from '../../protocol/api.ts';
import { previewOrigin } from '../previews/preview-host.ts';
import type { LabRecord } from '../store/index.ts';
import { isSolutionDue } from './due.ts';
import type { NoteBook } from './notes.ts';
import { isLive } from './phases.ts';
import type { QueuePlace } from './queue.ts';

export interface ViewOptions {
  config: Pick<Config, 'publicUrl' | 'previewHost' | 'labMaxMinutes'>;
  notes: NoteBook;
  place: (id: string) => QueuePlace | undefined;
  now: () => number;
}

export type ViewOf = (lab: LabRecord) => LabView;

export function createViewOf({ config, notes, place, now }: ViewOptions): ViewOf {
  return (lab) => ({
    id: lab.id,
    scenario: lab.scenario,
    state: stateOf(lab, notes.of(lab.id).checking),
    reason: lab.reason,
    createdAt: lab.createdAt,
    expiresAt: lab.expiresAt,
    extendable: isLive(lab) && lab.expiresAt < lastExpiry(lab, config.labMaxMinutes),
    ...(lab.phase === 'queued' ? place(lab.id) : undefined),
    url: `${config.publicUrl}/scenarios/${lab.scenario}/`,
    solved: lab.solved,
    verdict: lab.verdict,
    hints: lab.hints,
    solutionDue: isSolutionDue(lab, now()),
    ports: notes
      .of(lab.id)
      .ports.map((port) => ({ port, url: `${previewOrigin(config, lab.id, port)}/` })),
  });
}

function stateOf(lab: LabRecord, checking: boolean): LabPhase {
  return checking && lab.phase === 'ready' ? 'checking' : lab.phase;
}

/** The latest time that extensions reach. */
export function lastExpiry(lab: LabRecord, maxMinutes: number): number {
  return lab.startedAt + maxMinutes * 60_000;
}
