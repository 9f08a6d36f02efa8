import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const lettersAndDigits = `${letters}0123456789`;

/** As `labIdSchema` wants it: a letter, then eleven letters or digits; 61 bits that nobody guesses. */
export function newLabId(): string {
  return pick(letters) + Array.from({ length: 11 }, () => pick(lettersAndDigits)).join('');
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length));
}
