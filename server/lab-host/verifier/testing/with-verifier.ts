import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../../protocol/questions.ts';
import { createVerifier, type Verifier } from '../index.ts';
import { compileProbe } from './probe-binary.ts';

/** The helper, compiled for these tests, with the machine's own curl and ip. */
export function testVerifier(): Verifier {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-verifier-'));
  const verifier = createVerifier({ root: '/', probe: compileProbe(folder) });
  return {
    ...verifier,
    [Symbol.dispose]() {
      verifier[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function bodyOf(answer: Answer): string {
  return answer.ok
    ? Buffer.from(answer.body, 'base64').toString('utf8')
    : `${answer.reason}: ${answer.detail}`;
}

export function reasonOf(answer: Answer): string {
  return answer.ok ? `answered: ${bodyOf(answer)}` : answer.reason;
}
