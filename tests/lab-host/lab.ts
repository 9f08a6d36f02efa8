/** Labs and terminals for the time of a test. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentClient, type AgentClient } from '../../server/agent-client/index.ts';
import { loadConfig } from '../../server/config.ts';
import type { AgentEvent } from '../../server/protocol/agent.ts';
import {
  terminalServerMessageSchema,
  type TerminalClientMessage,
  type TerminalServerMessage,
  type ViewerRole,
} from '../../server/protocol/terminal.ts';

export const config = loadConfig();

export interface TestHost extends AsyncDisposable {
  client: AgentClient;
  lease: string;
  events: AgentEvent[];
  createLab: () => Promise<string>;
  until: (matches: (event: AgentEvent) => boolean) => Promise<AgentEvent>;
}

export async function openHost(): Promise<TestHost> {
  const client = createAgentClient(config.agentSocket);
  const stop = new AbortController();
  const lease = `test-${randomBytes(4).toString('hex')}`;
  const events: AgentEvent[] = [];
  await client.events({ lease, signal: stop.signal, onEvent: (event) => events.push(event) })
    .opened;
  const labs: string[] = [];
  return {
    client,
    lease,
    events,
    createLab: async () => {
      const id = newId();
      labs.push(id);
      await client.createLab({ id, lease });
      return id;
    },
    until: (matches) => eventually(() => events.find(matches)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(labs.map((id) => client.destroyLab(id)));
      stop.abort();
      client.close();
    },
  };
}

export function newId(): string {
  return `l${randomBytes(8).toString('hex').slice(0, 11)}`;
}

export class TestTerminal {
  readonly messages: TerminalServerMessage[] = [];
  readonly #socket: Awaited<ReturnType<AgentClient['terminal']>>;
  text = '';
  bytes = 0;
  acknowledging = true;
  closed = false;

  constructor(socket: Awaited<ReturnType<AgentClient['terminal']>>) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        this.messages.push(terminalServerMessageSchema.parse(JSON.parse(data.toString('utf8'))));
        return;
      }
      this.text = (this.text + data.toString('utf8')).slice(-1_000_000);
      this.bytes += data.length;
      if (this.acknowledging) this.say({ type: 'ack', bytes: this.bytes });
    });
    socket.on('close', () => (this.closed = true));
    // Frames that came with the handshake wait for the first reader.
    socket.resume();
  }

  static async open(
    client: AgentClient,
    lab: string,
    n = 1,
    role: ViewerRole = 'control',
  ): Promise<TestTerminal> {
    return new TestTerminal(await client.terminal(lab, n, { cols: 80, rows: 24, role }));
  }

  type(text: string): void {
    this.#socket.send(Buffer.from(text), { binary: true });
  }

  say(message: TerminalClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  async sees(text: string | RegExp): Promise<void> {
    await eventually(
      () =>
        (typeof text === 'string' ? this.text.includes(text) : text.test(this.text)) || undefined,
      () => `the terminal shows ${JSON.stringify(this.text.slice(-300))}`,
    );
  }

  async close(): Promise<void> {
    if (this.closed) return;
    const gone = once(this.#socket, 'close');
    this.#socket.close();
    await gone;
  }
}

const patienceMs = 40_000;

/** Asks until there is an answer. */
export async function eventually<T>(
  read: () => T | undefined | Promise<T | undefined>,
  otherwise = () => 'it did not happen',
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadline)
      throw new Error(`After ${String(patienceMs / 1000)} s: ${otherwise()}`);
    await sleep(50);
  }
}
