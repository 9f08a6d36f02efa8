import { isIP } from 'node:net';
import type { HttpOptions, HttpView } from '../../labs/define-lab.ts';
import type { Asker } from './asker.ts';
import { parseCurl } from './curl-output.ts';
import { askDns } from './dns.ts';
import { parseFile } from './answers.ts';

const noResponse = (error: string): HttpView => ({ status: 0, headers: {}, text: '', error });

/**
 * Names mean what they mean where the request is made: the asked process's /etc/hosts, then its name server. curl runs
 * in the verifier's own root and has neither.
 */
export async function askHttp(
  asker: Asker,
  url: string,
  options: HttpOptions = {},
): Promise<HttpView> {
  const target = new URL(url);
  const name = target.hostname.replace(/^\[|\]$/g, '');
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const resolve = options.resolve ?? [];
  if (
    !isIP(name) &&
    name !== 'localhost' &&
    !resolve.some((triple) => triple.startsWith(`${name}:${port}:`))
  ) {
    const address = await resolveName(asker, name, options.pid);
    if (address === undefined) return noResponse(`Could not resolve host: ${name}`);
    resolve.push(`${name}:${port}:${address}`);
  }
  return asker.read(
    { kind: 'http', url, ...options, ...(resolve.length > 0 && { resolve }) },
    ({ body }) => parseCurl(body),
    { absent: noResponse, refused: noResponse, timeout: noResponse },
  );
}

async function resolveName(
  asker: Asker,
  name: string,
  pid: number | undefined,
): Promise<string | undefined> {
  const where = pid === undefined ? {} : { pid };
  const hosts = await asker.read(
    { kind: 'file', path: '/etc/hosts', ...where },
    ({ body }) => parseFile(body).text,
    { absent: () => '' },
  );
  const known = addressIn(hosts, name);
  if (known !== undefined || !/^[A-Za-z0-9._-]{1,253}$/.test(name)) return known;
  const { answers } = await askDns(asker, name, where);
  return answers.find((answer) => isIP(answer) !== 0);
}

function addressIn(hosts: string, name: string): string | undefined {
  for (const line of hosts.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.includes(name) && isIP(address)) return address;
  }
  return undefined;
}
