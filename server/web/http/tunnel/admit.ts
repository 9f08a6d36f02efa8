/** Lets a channel in at the door that a WebSocket of the same address would have come to. */
import { DrydockError } from '../../../errors.ts';
import type { EventsDoor } from '../events-socket.ts';
import type { PageSocket } from '../page-socket.ts';
import type { TerminalDoor } from '../terminal-socket.ts';
import { terminalParams, terminalQuery } from '../terminal-socket.ts';

export interface Doors {
  events: EventsDoor;
  terminal: TerminalDoor;
}

const terminalPath = /^\/api\/labs\/(?<id>[^/]+)\/terminals\/(?<n>[^/]+)$/;

/** Throws what the WebSocket would have been refused with. */
export function admit(doors: Doors, owner: string, path: string, socket: PageSocket): void {
  const { pathname, searchParams } = urlOf(path);
  const way = { socket, transport: 'http' } as const;
  if (pathname === '/api/events') {
    doors.events.check(owner, {});
    return doors.events.serve(owner, {}, way);
  }
  const params = terminalParams.safeParse(terminalPath.exec(pathname)?.groups);
  const query = terminalQuery.safeParse(Object.fromEntries(searchParams));
  if (!params.success || !query.success) throw new DrydockError('bad_request');
  const request = { ...params.data, ...query.data };
  doors.terminal.check(owner, request);
  doors.terminal.serve(owner, request, way);
}

function urlOf(path: string): URL {
  const url = URL.parse(path, 'http://site');
  if (!url || !path.startsWith('/')) throw new DrydockError('bad_request');
  return url;
}
