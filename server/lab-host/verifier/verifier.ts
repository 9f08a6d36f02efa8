import type { Duplex, Readable } from 'node:stream';
import { questionTimeoutMs, type Answer, type Question } from '../../protocol/questions.ts';
import { exchange } from './exchange.ts';
import type { LabHandles } from './lab-handles.ts';
import { ProbeProcess } from './probe-process.ts';
import { ProbeStream } from './probe-stream.ts';
import { labArgs, questionRequest } from './question-args.ts';
import { Slots } from './slots.ts';
import { encodeRequest, stuck, unanswered } from './wire.ts';

export interface Verifier extends Disposable {
  /** Never throws for what the lab does; throws the signal's reason where that comes first. */
  ask: (handles: LabHandles, question: Question, signal?: AbortSignal) => Promise<Answer>;
  /** Says something each time the lab's engine reports an event; ends with the engine. Destroy it when done. */
  engineEvents: (handles: LabHandles) => Readable;
  /** A TCP connection to a port in the lab's network. Fails with an `error` event, closes when either side does. */
  connect: (handles: LabHandles, port: number) => Duplex;
}

export interface VerifierOptions {
  /** Folder: the verifier's own root file system, with curl, dig, ip, iptables and nft. */
  root: string;
  /** The compiled helper on the lab host. */
  probe: string;
}

/** Each is a process, most of which wait for a lab. */
const maxQuestionsAtOnce = 32;
/** A lab with so many questions held in the kernel by its file systems gets no more. */
const maxStuck = 4;
const noMore = 'A file system of the lab does not answer; reset the lab.';
/** The events that can change a verdict; not `exec_*`, which every health check makes. */
const events = [
  ...[
    'create',
    'start',
    'restart',
    'stop',
    'die',
    'kill',
    'oom',
    'pause',
    'unpause',
    'rename',
    'update',
    'destroy',
  ],
  ...[
    'health_status',
    'connect',
    'disconnect',
    'pull',
    'tag',
    'untag',
    'delete',
    'import',
    'load',
    'remove',
    'reload',
  ],
];
const eventsPath = `/events?filters=${encodeURIComponent(JSON.stringify({ event: events }))}`;

export function createVerifier(options: VerifierOptions): Verifier {
  const probe = new ProbeProcess(options);
  const slots = new Slots(maxQuestionsAtOnce);

  function ask(handles: LabHandles, question: Question, asker?: AbortSignal): Promise<Answer> {
    const signal = asker ? AbortSignal.any([asker, handles.signal]) : handles.signal;
    return handles.slots.run(signal, () =>
      slots.run(signal, () => askNow(handles, question, signal)),
    );
  }

  async function askNow(
    handles: LabHandles,
    question: Question,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (handles.stuck >= maxStuck) return unanswered('u', noMore);
    const request = encodeRequest(questionRequest(handles, question));
    const withinMs = question.timeoutMs ?? questionTimeoutMs;
    const { letter, answer } = await exchange({
      connect: () => probe.connect(),
      request,
      withinMs,
      signal,
    });
    if (letter === stuck) handles.stuck += 1;
    return answer;
  }

  function stream(handles: LabHandles, kind: string, args: string[]): ProbeStream {
    const request = encodeRequest({ args: [`kind=${kind}`, ...labArgs(handles), ...args] });
    const connecting =
      handles.stuck < maxStuck ? probe.connect() : Promise.reject(new Error(noMore));
    const onStuck = (): void => {
      handles.stuck += 1;
    };
    return new ProbeStream({ connecting, request, signal: handles.signal, onStuck });
  }

  return {
    ask: (handles, question, signal) => handles.use(ask(handles, question, signal)),
    engineEvents: (handles) => stream(handles, 'events', [`path=${eventsPath}`]),
    connect: (handles, port) => stream(handles, 'connect', [`port=${String(port)}`]),
    [Symbol.dispose]() {
      probe[Symbol.dispose]();
    },
  };
}
