import type { WebSocket, RawData } from 'ws';
import { z } from 'zod';
import { terminalClientMessageSchema, viewerRoleSchema } from '../../protocol/terminal.ts';
import type { Agent } from '../agent.ts';
import type { Lab } from '../labs/labs.ts';
import type { TerminalSession } from '../terminals/session.ts';

export const terminalQuerySchema = z.object({
  cols: z.coerce.number().int().min(2).max(1000).default(80),
  rows: z.coerce.number().int().min(1).max(500).default(24),
  role: viewerRoleSchema.default('control'),
});

interface OpenTerminal {
  lab: Lab;
  n: number;
  query: z.infer<typeof terminalQuerySchema>;
}

export function terminalSocket(
  agent: Agent,
  socket: WebSocket,
  { lab, n, query }: OpenTerminal,
): void {
  const size = { cols: query.cols, rows: query.rows };
  const { session, resumed } = agent.terminals.open(lab, n, size);
  session.attach(socket, query.role, size, resumed);
  socket.on('message', (data, isBinary) => {
    const bytes = toBuffer(data);
    if (isBinary) type(agent, session, socket, { lab, bytes });
    else understand(session, socket, bytes);
  });
}

/** The first key wakes a paused lab; keys that follow queue behind it in the PTY. */
function type(
  agent: Agent,
  session: TerminalSession,
  socket: WebSocket,
  { lab, bytes }: { lab: Lab; bytes: Buffer },
): void {
  if (lab.state === 'paused')
    void agent.labs.resume(lab.id).catch((error: unknown) => {
      agent.log.warn({ err: error, lab: lab.id }, 'lab does not wake');
    });
  session.input(socket, bytes);
}

function understand(session: TerminalSession, socket: WebSocket, bytes: Buffer): void {
  const message = terminalClientMessageSchema.safeParse(parseJson(bytes));
  if (message.success) session.message(socket, message.data);
  else socket.close(1008, 'not understood');
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
