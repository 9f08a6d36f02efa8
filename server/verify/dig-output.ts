import type { DnsView } from '../../labs/define-lab.ts';
import { Unaskable } from './unaskable.ts';

const maxAnswers = 1000;
/** dig's exit code where no server answered. */
const nobody = 9;

/** What `dig +noall +comments +answer` printed. Records of another type (the CNAMEs on the way) are left out. */
export function parseDig(text: string, exitCode: number, type: string): DnsView {
  const status = /^;; ->>HEADER<<- opcode: QUERY, status: ([A-Z0-9]+),/m.exec(text)?.[1];
  if (status === undefined) {
    if (exitCode === nobody || exitCode === 0) return { status: 'TIMEOUT', answers: [] };
    throw new Unaskable(`dig ended with ${String(exitCode)}.`);
  }
  return { status, answers: records(text, type) };
}

function records(text: string, wanted: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
    .slice(0, maxAnswers)
    .flatMap((line) => {
      const [, type, data = ''] = /^\S+\s+\d+\s+\S+\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return type === wanted ? [data] : [];
    });
}
