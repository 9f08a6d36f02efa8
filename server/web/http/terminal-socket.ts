/** WS /api/labs/:id/terminals/:n: a terminal of one's own lab. */
import { z } from 'zod';
import { DrydockError } from '../../errors.ts';
import { terminalNumberSchema } from '../../protocol/ids.ts';
import type { TerminalServerMessage } from '../../protocol/terminal.ts';
import { viewerRoleSchema } from '../../protocol/terminal.ts';
import type { LabChange } from '../sessions/index.ts';
import type { Services } from '../services.ts';
import type { App } from './app-types.ts';
import { closeCodes } from './close-codes.ts';
import { keepAlive } from './keep-alive.ts';
import { labParams } from './lab-params.ts';
import type { Learners } from './learners.ts';
import { relay } from './relay.ts';
import type { Door, PageSocket } from './page-socket.ts';
import { countSocket } from './page-socket.ts';
import { createSocketLimit } from './socket-limit.ts';

export const terminalParams = labParams.extend({ n: terminalNumberSchema });
export const terminalQuery = z.strictObject({
  cols: z.coerce.number().int().min(2).max(1000).default(80),
  rows: z.coerce.number().int().min(1).max(500).default(24),
  role: viewerRoleSchema.default('control'),
});

/** Eight terminals, each looked at from several tabs and by an instructor. */
const maxSocketsPerLab = 64;

interface TerminalRequest extends z.output<typeof terminalQuery> {
  id: string;
  n: number;
}
export type TerminalDoor = Door<TerminalRequest>;

export function createTerminalDoor(services: Services): TerminalDoor {
  const { book } = services.sessions;
  const limit = createSocketLimit(maxSocketsPerLab);
  return {
    check: (owner, { id }) => limit.check(book.own(owner, id).id),
    serve: (_owner, request, way) => {
      const { socket } = way;
      countSocket(services.metrics.sockets, 'terminal', way);
      socket.once('close', limit.add(request.id));
      void serve(services, request, socket);
    },
  };
}

export function terminalSocketRoute(app: App, door: TerminalDoor, learners: Learners): void {
  app.get(
    '/api/labs/:id/terminals/:n',
    {
      websocket: true,
      schema: { params: terminalParams, querystring: terminalQuery },
      preHandler: async (request) =>
        door.check(learners.known(request), { ...request.params, ...request.query }),
    },
    (socket, request) => {
      keepAlive(socket);
      const way = { socket, transport: 'websocket' } as const;
      door.serve(learners.known(request), { ...request.params, ...request.query }, way);
    },
  );
}

async function serve(
  services: Services,
  request: TerminalRequest,
  browser: PageSocket,
): Promise<void> {
  const { agent, metrics, sessions, verdicts, log } = services;
  const closed = new AbortController();
  browser.once('close', () => closed.abort());
  // Until the other side is there, what is typed waits in the kernel.
  browser.pause();
  try {
    const { agentId } = await sessions.awake(request.id);
    const { n, cols, rows, role } = request;
    const terminal = await agent.terminal(agentId, n, { cols, rows, role, signal: closed.signal });
    const use = verdicts.use(request.id, { watched: false });
    const stopFollowing = sessions.book.onChange((change) =>
      closeWithLab(change, { id: request.id, agentId }, browser),
    );
    metrics.terminals.inc();
    const about = { lab: request.id, machine: agentId, terminal: n, role };
    log.info(about, 'terminal opened');
    browser.once('close', () => {
      metrics.terminals.dec();
      log.info(about, 'terminal closed');
      stopFollowing();
      use[Symbol.dispose]();
    });
    relay({
      browser,
      terminal,
      onInput: () => sessions.active(request.id),
      bytes: metrics.terminalBytes,
    });
  } catch (error) {
    if (closed.signal.aborted) return;
    if (!(error instanceof DrydockError))
      log.error({ err: error, lab: request.id }, 'terminal not opened');
    refuse(browser, error instanceof DrydockError ? error : new DrydockError('internal'));
  }
}

/** The page learns of it before the agent's own socket closes. */
function closeWithLab(
  { id, now }: LabChange,
  opened: { id: string; agentId: string },
  browser: PageSocket,
): void {
  if (id !== opened.id || now?.agentId === opened.agentId) return;
  const reset = now?.phase === 'creating' || now?.phase === 'ready';
  browser.close(reset ? closeCodes.labReset : closeCodes.labUnavailable, now?.phase ?? 'gone');
  browser.resume();
}

function refuse(browser: PageSocket, { code, message, hint }: DrydockError): void {
  const text: TerminalServerMessage = { type: 'error', message, hint };
  browser.send(JSON.stringify(text), { binary: false });
  browser.close(code === 'lab_host_down' ? closeCodes.tryLater : closeCodes.labUnavailable, code);
  browser.resume();
}
