/** Asks a lab's questions for one verdict: each once, however many checks want the answer. */
import type { Answer, Question } from '../protocol/questions.ts';
import { Unaskable } from './unaskable.ts';

export type Ask = (question: Question, signal: AbortSignal) => Promise<Answer>;
export type Unanswered = Extract<Answer, { ok: false }>;
export interface Answered {
  exitCode: number;
  body: Buffer;
}

/** A verdict looks at one moment; a check that waited longer than this gets a new answer. */
const maxMemoAgeMs = 500;

export class Asker {
  readonly #ask: Ask;
  readonly #signal: AbortSignal;
  readonly #memo = new Map<string, { at: number; answer: Promise<Answer> }>();

  constructor(ask: Ask, signal: AbortSignal) {
    this.#ask = ask;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  ask(question: Question): Promise<Answer> {
    this.#signal.throwIfAborted();
    const key = JSON.stringify(question);
    const known = this.#memo.get(key);
    if (known && performance.now() - known.at < maxMemoAgeMs) return known.answer;
    const answer = this.#ask(question, this.#signal);
    this.#memo.set(key, { at: performance.now(), answer });
    return answer;
  }

  /** The bytes, or what `otherwise` makes of the reasons it knows; for all others the question was not askable. */
  async read<T>(
    question: Question,
    parse: (answered: Answered) => T,
    otherwise: Partial<Record<Unanswered['reason'], (detail: string) => T>> = {},
  ): Promise<T> {
    const answer = await this.ask(question);
    if (answer.ok)
      return parse({ exitCode: answer.exitCode, body: Buffer.from(answer.body, 'base64') });
    const known = otherwise[answer.reason];
    if (!known) throw new Unaskable(inWords(answer));
    return known(answer.detail);
  }

  forget(): void {
    this.#memo.clear();
  }
}

const words: Record<Unanswered['reason'], string> = {
  absent: 'It is not there',
  refused: 'Nobody accepted the connection',
  timeout: 'No answer came in time',
  'too-large': 'The answer is too large',
  unavailable: 'The lab could not be asked',
  forbidden: 'What is there is not something that is opened',
};

function inWords({ reason, detail }: Unanswered): string {
  return detail === '' ? `${words[reason]}.` : `${words[reason]} (${detail}).`;
}
