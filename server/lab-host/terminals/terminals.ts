/** All terminals of all labs, and what happens in them that others want to know. */
import { EventEmitter } from 'node:events';
import type { AgentEvent } from '../../protocol/agent.ts';
import { enterCommand } from '../labs/enter-lab.ts';
import type { Lab, Labs } from '../labs/labs.ts';
import { TerminalSession, type TerminalSize } from './session.ts';

const inputEventEveryMs = 1_000;

export class Terminals extends EventEmitter<{ event: [AgentEvent] }> {
  readonly #labs: Labs;
  readonly #sessions = new Map<string, TerminalSession>();

  constructor(labs: Labs) {
    super();
    this.#labs = labs;
    labs.on('event', (event) => {
      if (event.type === 'lab-gone') void this.endAll(event.id);
    });
  }

  /** The lab's terminal of that number: the one there is, or a new shell. */
  open(
    lab: Lab,
    number: number,
    size: TerminalSize,
  ): { session: TerminalSession; resumed: boolean } {
    const key = `${lab.id}/${String(number)}`;
    const present = this.#sessions.get(key);
    if (present && !present.ended) return { session: present, resumed: true };
    const session = new TerminalSession(
      enterCommand({
        ...this.#labs.entry(lab),
        env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
        tty: true,
        command: ['bash', '-l'],
      }),
      size,
    );
    this.#sessions.set(key, session);
    this.#listen(session, lab.id, key);
    return { session, resumed: false };
  }

  /** Numbers of the lab's terminals whose shell runs. */
  numbers(labId: string): number[] {
    return this.#of(labId)
      .filter(([, session]) => !session.ended)
      .map(([key]) => Number(key.slice(labId.length + 1)))
      .sort((a, b) => a - b);
  }

  viewers(labId: string): number {
    return this.#of(labId).reduce((sum, [, session]) => sum + session.viewers, 0);
  }

  async endAll(labId: string): Promise<void> {
    await Promise.all(this.#of(labId).map(([, session]) => session.end()));
  }

  #of(labId: string): [string, TerminalSession][] {
    return [...this.#sessions].filter(([key]) => key.startsWith(`${labId}/`));
  }

  #listen(session: TerminalSession, id: string, key: string): void {
    let announced = 0;
    session.on('input', () => {
      if (Date.now() - announced < inputEventEveryMs) return;
      announced = Date.now();
      this.emit('event', { type: 'input', id });
    });
    session.on('quiet', () => {
      this.emit('event', { type: 'quiet', id });
    });
    session.on('exit', () => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    });
  }
}
