/** WS /api/events: all that happens to the labs of one learner. */
import type { RawData } from 'ws';
import { frameText } from '../../agent-client/index.ts';
import type { PageEvent, PageMessage } from '../../protocol/api.ts';
import { pageMessageSchema } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { closeCodes } from './close-codes.ts';
import { keepAlive } from './keep-alive.ts';
import type { Learners } from './learners.ts';
import type { Door, PageSocket } from './page-socket.ts';
import { countSocket } from './page-socket.ts';
import { createSocketLimit } from './socket-limit.ts';
import { createWatching } from './watching.ts';

/** A page that does not read is let go; it gets everything anew when it comes back. */
const maxBufferedBytes = 4 * 1024 * 1024;
const maxMessageBytes = 8 * 1024;
/** One for each tab. */
const maxSocketsPerLearner = 128;

export type EventsDoor = Door<object>;

export function createEventsDoor(services: Services): EventsDoor {
  const limit = createSocketLimit(maxSocketsPerLearner);
  return {
    check: (owner) => limit.check(owner),
    serve: (owner, _request, way) => {
      const { socket } = way;
      countSocket(services.metrics.sockets, 'events', way);
      socket.once('close', limit.add(owner));
      serve(services, owner, socket);
    },
  };
}

export function eventsSocketRoute(app: App, door: EventsDoor, learners: Learners): void {
  app.get(
    '/api/events',
    { websocket: true, preValidation: async (request) => door.check(learners.known(request), {}) },
    (socket, request) => {
      keepAlive(socket);
      door.serve(learners.known(request), {}, { socket, transport: 'websocket' });
    },
  );
}

function serve(services: Services, owner: string, socket: PageSocket): void {
  const { book, viewOf } = services.sessions;
  const watching = createWatching(services, owner);
  const send = (event: PageEvent): void => {
    if (socket.bufferedAmount > maxBufferedBytes)
      socket.close(closeCodes.tryLater, 'reads too slowly');
    else if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify(event), { binary: false });
  };

  const unsubscribe = services.hub.subscribe(owner, send);
  send({ type: 'labs', labs: book.ofOwner(owner).map(viewOf) });
  if (services.drain.on()) send({ type: 'server', draining: true });
  socket.on('message', (data, isBinary) => {
    const message = isBinary ? undefined : parse(data);
    if (message) watching.set(message.labs);
    else socket.close(closeCodes.policy, 'not a message of the protocol');
  });
  socket.once('close', () => {
    unsubscribe();
    watching[Symbol.dispose]();
  });
}

function parse(data: RawData): PageMessage | undefined {
  const text = frameText(data);
  if (text.length > maxMessageBytes) return undefined;
  try {
    return pageMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
