/** The streams: terminals, engine events, agent events as WebSockets, and raw connections into a lab's network. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { DrydockError } from '../../errors.ts';
import { labIdSchema, terminalNumberSchema } from '../../protocol/ids.ts';
import type { Agent } from '../agent.ts';
import { toDrydockError } from './errors.ts';
import { engineEventsSocket } from './engine-events-socket.ts';
import { eventsSocket } from './events-socket.ts';
import { terminalQuerySchema, terminalSocket } from './terminal-socket.ts';

/** A paste is the largest thing that comes in one frame. */
const maxFrameBytes = 4 * 1024 * 1024;

/** Answers what ends all streams; the server's own close would wait for them. */
export function upgrades(server: Server, agent: Agent): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
  });
  const open = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    route(sockets, agent, { request, socket, head }).catch((error: unknown) => {
      refuse(socket, error);
    });
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

async function route(sockets: WebSocketServer, agent: Agent, upgrade: Upgrade): Promise<void> {
  const url = new URL(upgrade.request.url ?? '/', 'http://agent');
  const [, collection, id, kind, number] = url.pathname.split('/');
  if (collection === 'events') {
    const lease = z.string().parse(url.searchParams.get('lease') ?? 'watch');
    accept(sockets, upgrade, (socket) => {
      eventsSocket(agent, socket, lease);
    });
    return;
  }
  if (collection !== 'labs') throw new DrydockError('not_found');
  const lab = await agent.labs.running(labIdSchema.parse(id));
  if (kind === 'terminals') {
    const n = terminalNumberSchema.parse(number);
    const query = terminalQuerySchema.parse(Object.fromEntries(url.searchParams));
    accept(sockets, upgrade, (socket) => {
      terminalSocket(agent, socket, { lab, n, query });
    });
  } else if (kind === 'engine-events') {
    accept(sockets, upgrade, (socket) => {
      engineEventsSocket(agent, socket, lab);
    });
  } else if (kind === 'connect') {
    connectRaw(agent, lab, z.coerce.number().int().min(1).max(65_535).parse(number), upgrade);
  } else throw new DrydockError('not_found');
}

function accept(
  sockets: WebSocketServer,
  { request, socket, head }: Upgrade,
  use: (socket: import('ws').WebSocket) => void,
): void {
  sockets.handleUpgrade(request, socket, head, use);
}

function connectRaw(
  agent: Agent,
  lab: import('../labs/labs.ts').Lab,
  port: number,
  upgrade: Upgrade,
): void {
  if (!lab.handles) throw new DrydockError('lab_not_ready');
  const { socket, head } = upgrade;
  const connection = agent.verifier.connect(lab.handles, port);
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: drydock-tcp\r\n\r\n',
  );
  if (head.length > 0) connection.write(head);
  socket.pipe(connection).pipe(socket);
  connection.on('error', () => socket.destroy());
  socket.on('close', () => connection.destroy());
  connection.on('close', () => socket.end());
}

function refuse(socket: Duplex, error: unknown): void {
  const known =
    error instanceof z.ZodError
      ? new DrydockError('bad_request', { cause: error })
      : toDrydockError(error);
  const body = JSON.stringify(known.toJSON());
  socket.end(
    `HTTP/1.1 ${String(known.status)} Refused\r\nContent-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
  );
}
