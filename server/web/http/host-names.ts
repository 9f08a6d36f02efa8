/** Which host names are this server's: a page that reaches it by another one was rebound to it by DNS. */
import { isIP } from 'node:net';
import type { Config } from '../../config.ts';
import type { PreviewTarget } from '../previews/preview-host.ts';
import { previewTarget } from '../previews/preview-host.ts';

export type HostKind = 'site' | 'refused' | PreviewTarget;
export type ClassifyHost = (hostHeader: string | undefined) => HostKind;

const loopback = ['localhost', '127.0.0.1', '::1'];

export function createClassifyHost(
  config: Pick<Config, 'host' | 'publicUrl' | 'allowedHosts' | 'previewHost'>,
): ClassifyHost {
  const names = new Set([
    ...loopback,
    config.host,
    nameOf(new URL(config.publicUrl).host),
    ...config.allowedHosts,
  ]);
  // Who listens for other machines is reached by an address as well; a rebound page always has a name.
  const anyAddress = !loopback.includes(config.host);
  return (hostHeader) => {
    const name = nameOf(hostHeader);
    if (name === undefined) return 'refused';
    if (names.has(name) || (anyAddress && isIP(name) > 0)) return 'site';
    return previewTarget(name, config.previewHost) ?? 'refused';
  };
}

/** The name without its port and brackets, in lower case. */
function nameOf(hostHeader: string | undefined): string | undefined {
  const [, inBrackets, plain] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(hostHeader ?? '') ?? [];
  return (inBrackets ?? plain)?.toLowerCase();
}
