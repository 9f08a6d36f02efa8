/** The helper's protocol as this side speaks it; `helper/request.h` and `helper/answer.h` are the other side. */
import type { Answer } from '../../protocol/questions.ts';

export interface ProbeRequest {
  /** `key=value`, the first is the kind. */
  args: string[];
  payload?: Buffer;
}

export function encodeRequest({ args, payload = Buffer.alloc(0) }: ProbeRequest): Buffer {
  if (args.some((arg) => arg.includes('\0'))) throw new RangeError('A question cannot hold a NUL.');
  const text = Buffer.from(args.map((arg) => `${arg}\0`).join(''));
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(text.length, 0);
  sizes.writeUInt32BE(payload.length, 4);
  return Buffer.concat([sizes, text, payload]);
}

/** Letter, three digits of exit status, four of the length of the words before them. */
const endBytes = 8;
export const maxEndBytes = 512;
/** The letter of an answer, or of a stream that is open. */
export const answered = 'k';
export const stuck = 's';

type Unanswered = Extract<Answer, { ok: false }>;

const reasons: Record<string, Unanswered['reason']> = {
  a: 'absent',
  r: 'refused',
  t: 'timeout',
  l: 'too-large',
  u: 'unavailable',
  f: 'forbidden',
  [stuck]: 'timeout',
};

export function unanswered(letter: string, detail: string): Unanswered {
  return { ok: false, reason: reasons[letter] ?? 'unavailable', detail: detail.slice(0, 1000) };
}

export interface Ended {
  letter: string;
  answer: Answer;
}

/** What the helper wrote in all; its end is the supervisor's alone, however the rest looks. */
export function decodeAnswer(bytes: Buffer): Ended {
  const end = /^([a-z])(\d{3})(\d{4})$/.exec(bytes.subarray(-endBytes).toString('latin1'));
  const [, letter = '', status, length] = end ?? [];
  const wordsAt = bytes.length - endBytes - Number(length);
  if (!end || wordsAt < 0)
    return { letter: 'u', answer: unanswered('u', 'The helper ended without a word.') };
  if (letter !== answered) {
    return {
      letter,
      answer: unanswered(letter, bytes.subarray(wordsAt, -endBytes).toString('utf8')),
    };
  }
  return {
    letter,
    answer: {
      ok: true,
      exitCode: Number(status),
      body: bytes.subarray(0, wordsAt).toString('base64'),
    },
  };
}
