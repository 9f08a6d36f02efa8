import type { DnsOptions, DnsView } from '../../labs/define-lab.ts';
import type { Asker } from './asker.ts';
import { parseDig } from './dig-output.ts';

const nobody = (): DnsView => ({ status: 'TIMEOUT', answers: [] });

export function askDns(asker: Asker, name: string, options: DnsOptions = {}): Promise<DnsView> {
  return asker.read(
    { kind: 'dns', name, ...options },
    ({ body, exitCode }) => parseDig(body.toString('utf8'), exitCode, options.type ?? 'A'),
    // No server in resolv.conf, or nobody behind its address.
    { absent: nobody, timeout: nobody, refused: nobody },
  );
}
