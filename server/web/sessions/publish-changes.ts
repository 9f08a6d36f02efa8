/** Tells a learner's pages what changed in their labs, once for each change that can be seen. */
import type { LabView } from '../../protocol/api.ts';
import type { LabChange } from './book.ts';
import type { SessionContext } from './context.ts';
import type { ViewOf } from './view.ts';

export function publishChanges({ book, hub, notes }: SessionContext, viewOf: ViewOf): void {
  const published = new Map<string, string>();

  const publish = (view: LabView, owner: string): void => {
    const text = visible(view);
    if (published.get(view.id) === text) return;
    published.set(view.id, text);
    hub.publish(owner, { type: 'lab', lab: view });
  };

  book.onChange(({ id, before, now }: LabChange) => {
    if (now) publish(viewOf(now), now.owner);
    else if (before) {
      published.delete(id);
      notes.forget(id);
      hub.publish(before.owner, { type: 'lab-gone', id });
    }
    if (before?.phase === now?.phase) return;
    for (const lab of book.all())
      if (lab.phase === 'queued' && lab.id !== id) publish(viewOf(lab), lab.owner);
  });
}

/** A new verdict has its own event. */
function visible(view: LabView): string {
  return JSON.stringify({ ...view, verdict: view.verdict === null });
}
