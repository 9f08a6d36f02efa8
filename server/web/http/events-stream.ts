/** GET /api/labs/:id/events: the same for tools, one lab at a time, as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { PageEvent } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { labParams } from './lab-params.ts';
import type { Learners } from './learners.ts';
import { streamAnswer } from './stream-answer.ts';
import { createWatching } from './watching.ts';

/** Proxies close what says nothing for a minute. */
const commentEveryMs = 20_000;

export function eventsStreamRoute(app: App, services: Services, learners: Learners): void {
  const open = new Set<ServerResponse>();
  app.addHook('preClose', async () => {
    for (const response of open) response.end();
  });
  app.get('/api/labs/:id/events', { schema: { params: labParams } }, (request, reply) => {
    const owner = learners.identify(request, reply);
    const { id } = services.sessions.book.own(owner, request.params.id);
    const response = streamAnswer(reply, 'text/event-stream');
    open.add(response);
    response.once('close', () => open.delete(response));
    stream(services, { owner, id }, response);
  });
}

function stream(
  services: Services,
  { owner, id }: { owner: string; id: string },
  response: ServerResponse,
): void {
  const { book, viewOf } = services.sessions;
  const watching = createWatching(services, owner);
  const send = (event: PageEvent): void => {
    if (labOf(event) !== id) return;
    response.write(`event: ${nameOf(event)}\ndata: ${JSON.stringify(event)}\n\n`);
    if (event.type === 'lab-gone') response.end();
  };
  const unsubscribe = services.hub.subscribe(owner, send);
  const timer = setInterval(() => response.write(': still here\n\n'), commentEveryMs);
  response.once('close', () => {
    unsubscribe();
    clearInterval(timer);
    watching[Symbol.dispose]();
  });
  const lab = book.get(id);
  if (lab) send({ type: 'lab', lab: viewOf(lab) });
  watching.set([id]);
}

function labOf(event: PageEvent): string | undefined {
  if (event.type === 'labs' || event.type === 'server' || event.type === 'beat') return undefined;
  return event.type === 'lab' ? event.lab.id : event.id;
}

/** What DESIGN.md calls them for tools: state, verdict, hint, message. */
function nameOf({ type }: PageEvent): string {
  return type === 'lab' || type === 'lab-gone' ? 'state' : type;
}
