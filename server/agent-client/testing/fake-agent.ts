/** For unit tests alone: answers like the lab host agent over a real Unix socket, with labs that are rows in a map. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { json } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ErrorCode } from '../../errors.ts';
import { DrydockError } from '../../errors.ts';
import type { AgentEvent, LabStatus, ScriptResult } from '../../protocol/agent.ts';
import { createLabSchema, labLimitsSchema, runScriptSchema } from '../../protocol/agent.ts';

export interface FakeAgent extends AsyncDisposable {
  socketPath: string;
  labs: Map<string, LabStatus>;
  /** What was asked for, `POST /labs/x/pause`, in order. */
  calls: string[];
  scripts: { lab: string; script: string }[];
  /** The next calls of that kind fail: `create`, `run`, `pause` … */
  failNext: (verb: string, code: ErrorCode, times?: number) => void;
  /** Creating waits for this. */
  gate: { creating: Promise<void> };
  scriptResult: ScriptResult;
  free: number;
  emit: (event: AgentEvent) => void;
  engineEvent: (lab: string) => void;
  leases: () => string[];
  terminals: Map<string, WebSocket>;
  /** What the question for listening ports is answered with. */
  listening: { protocol: 'tcp' | 'udp'; address: string; port: number }[];
  /** What a lab's ports lead to: port in the lab → port of this machine. */
  ports: Map<number, number>;
  /** Cuts all sockets, as a restart of the agent would. */
  cut: () => void;
}

export async function startFakeAgent(): Promise<FakeAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-agent-'));
  const socketPath = join(folder, 'agent.sock');
  const failures: { verb: string; code: ErrorCode }[] = [];
  const events = new Map<WebSocket, string>();
  const engines = new Map<WebSocket, string>();
  const sockets = new Set<Duplex>();

  const agent: FakeAgent = {
    socketPath,
    labs: new Map(),
    calls: [],
    scripts: [],
    failNext: (verb, code, times = 1) => {
      for (let i = 0; i < times; i += 1) failures.push({ verb, code });
    },
    gate: { creating: Promise.resolve() },
    scriptResult: { exitCode: 0, timedOut: false, output: '' },
    free: 10,
    emit: (event) => events.forEach((_lease, socket) => socket.send(JSON.stringify(event))),
    engineEvent: (lab) =>
      engines.forEach((id, socket) => id === lab && socket.send(Buffer.from('x'))),
    leases: () => [...events.values()],
    terminals: new Map(),
    listening: [],
    ports: new Map(),
    cut: () => sockets.forEach((socket) => socket.destroy()),
    [Symbol.asyncDispose]: async () => {
      agent.cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };

  const failIfAsked = (verb: string): void => {
    const index = failures.findIndex((failure) => failure.verb === verb);
    const [failure] = index < 0 ? [] : failures.splice(index, 1);
    if (failure) throw new DrydockError(failure.code);
  };

  const server = createServer(
    (request, response) => void answer(agent, failIfAsked, request, response),
  );
  const wss = new WebSocketServer({ noServer: true });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://agent');
    const [, , id = '', what, n] = url.pathname.split('/');
    if (what === 'connect') return carry(agent, Number(n), socket);
    wss.handleUpgrade(request, socket, head, (ws) => {
      agent.calls.push(`WS ${url.pathname}`);
      if (url.pathname === '/events') {
        events.set(ws, url.searchParams.get('lease') ?? '');
        ws.once('close', () => events.delete(ws));
        ws.send(JSON.stringify({ type: 'hello', version: 'fake' }));
      } else if (what === 'engine-events') {
        engines.set(ws, id);
        ws.once('close', () => engines.delete(ws));
      } else {
        agent.terminals.set(`${id}/${n}`, ws);
        const size = {
          cols: Number(url.searchParams.get('cols')),
          rows: Number(url.searchParams.get('rows')),
        };
        ws.send(JSON.stringify({ type: 'replay', ...size, role: 'control', resumed: false }));
        ws.send(JSON.stringify({ type: 'live' }));
        ws.on('message', (data, binary) => binary && ws.send(data, { binary: true }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return agent;
}

type FailIfAsked = (verb: string) => void;

async function answer(
  agent: FakeAgent,
  failIfAsked: FailIfAsked,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    send(200, await handle(agent, failIfAsked, request));
  } catch (error) {
    const known =
      error instanceof DrydockError ? error : new DrydockError('internal', { cause: error });
    send(known.status, known);
  }
}

async function handle(
  agent: FakeAgent,
  failIfAsked: FailIfAsked,
  request: IncomingMessage,
): Promise<unknown> {
  const [, first, id = '', verb = ''] = (request.url ?? '/').split('/');
  agent.calls.push(`${request.method} ${request.url}`);
  const body = request.method === 'POST' ? await json(request).catch(() => ({})) : {};
  if (first === 'status') return statusOf(agent);
  if (request.method === 'GET' && id === '') return [...agent.labs.values()];
  if (id === '') return create(agent, failIfAsked, body);
  const lab = agent.labs.get(id);
  if (!lab) throw new DrydockError('no_such_lab');
  failIfAsked(request.method === 'DELETE' ? 'destroy' : verb);
  if (request.method === 'DELETE') agent.labs.delete(id);
  if (verb === 'pause') return update(agent, { ...lab, state: 'paused' });
  if (verb === 'resume') return update(agent, { ...lab, state: 'ready' });
  if (verb === 'ask') {
    const body = Buffer.from(JSON.stringify({ ports: agent.listening })).toString('base64');
    return { ok: true, exitCode: 0, body };
  }
  if (verb === 'terminals' && request.method === 'GET') return { terminals: running(agent, id) };
  if (verb === 'stats') {
    return { memory: 1, memoryMax: 2, cpu: 3, pids: 4, disk: 5, diskMax: 6, oomKills: 0 };
  }
  if (verb !== 'run') return {};
  agent.scripts.push({ lab: id, script: runScriptSchema.parse(body).script });
  return agent.scriptResult;
}

function running(agent: FakeAgent, lab: string): number[] {
  return [...agent.terminals.keys()]
    .filter((key) => key.startsWith(`${lab}/`))
    .map((key) => Number(key.slice(lab.length + 1)))
    .sort((a, b) => a - b);
}

async function create(
  agent: FakeAgent,
  failIfAsked: FailIfAsked,
  body: unknown,
): Promise<LabStatus> {
  const wanted = createLabSchema.parse(body);
  failIfAsked('create');
  agent.free -= 1;
  await agent.gate.creating;
  const { id, lease, limits } = wanted;
  return update(agent, {
    id,
    lease,
    limits,
    state: 'ready',
    reason: '',
    createdAt: Date.now(),
    viewers: 0,
  });
}

function update(agent: FakeAgent, lab: LabStatus): LabStatus {
  agent.labs.set(lab.id, lab);
  return lab;
}

function statusOf(agent: FakeAgent): unknown {
  return {
    version: 'fake',
    pid: 1,
    kind: 'embedded',
    engine: { version: '28', storage: 'overlay2', cgroup: 'v1', up: true },
    capacity: { free: agent.free, limitedBy: 'memory', memoryFree: 1, diskFree: 1 },
    ownUsers: true,
    chosen: { disks: 'file', layers: 'kernel', entry: 'direct', namespaceLimits: true },
    lowSettings: [],
    labs: agent.labs.size,
  };
}

function carry(agent: FakeAgent, port: number, socket: Duplex): void {
  const target = agent.ports.get(port);
  if (target === undefined) {
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const inner = connect(target, '127.0.0.1', () => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: drydock-tcp\r\n\r\n',
    );
    socket.pipe(inner).pipe(socket);
  });
  inner.on('error', () => socket.destroy());
  socket.on('error', () => inner.destroy());
}

export function fakeLab(id: string, more: Partial<LabStatus> = {}): LabStatus {
  const limits = labLimitsSchema.parse({});
  return {
    id,
    lease: 'web',
    state: 'ready',
    reason: '',
    createdAt: Date.now(),
    limits,
    viewers: 0,
    ...more,
  };
}
