/** What curl printed: the head and body of the response, then a line of its own report. */
import { z } from 'zod';
import type { HttpView } from '../../labs/define-lab.ts';
import { parseHead } from './http-response.ts';
import { Unaskable } from './unaskable.ts';

const reportSchema = z.object({
  errormsg: z.string().nullish(),
  exitcode: z.number().int(),
  http_code: z.number().int(),
  size_header: z.number().int().nonnegative(),
});

export function parseCurl(bytes: Buffer): HttpView {
  // Only curl writes the last line: it escapes what it quotes of the server's.
  const lineStart = bytes.lastIndexOf(0x0a);
  const report = reportSchema.safeParse(safeJson(bytes.subarray(lineStart + 1).toString('utf8')));
  if (lineStart < 0 || !report.success) throw new Unaskable('The request was cut short.');
  const { errormsg, exitcode, http_code: status, size_header: headBytes } = report.data;
  if (status === 0)
    return { status: 0, headers: {}, text: '', error: wordsFor(exitcode, errormsg) };
  return {
    status,
    headers: lastHead(bytes.subarray(0, headBytes).toString('latin1')),
    text: bytes.subarray(headBytes, Math.max(headBytes, lineStart)).toString('utf8'),
    error: exitcode === 0 ? '' : wordsFor(exitcode, errormsg),
  };
}

function wordsFor(exitCode: number, message: string | null | undefined): string {
  return message !== '' && message != null ? message : `curl ended with ${String(exitCode)}`;
}

/** Of several heads (100 Continue, then 200) the last is the response's. */
function lastHead(heads: string): Record<string, string> {
  const head =
    heads
      .split('\r\n\r\n')
      .filter((part) => part !== '')
      .at(-1) ?? '';
  return /^HTTP\//.test(head) ? parseHead(head.replace(/^HTTP\/(\d) /, 'HTTP/$1.0 ')).headers : {};
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
