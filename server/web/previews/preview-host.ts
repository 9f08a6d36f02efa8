/** The host names of previews: `<port>-<lab>.<previewHost>`. */
import type { Config } from '../../config.ts';
import { labIdSchema } from '../../protocol/ids.ts';

export interface PreviewTarget {
  /** Public id of the lab. */
  lab: string;
  port: number;
}

/** Scheme and port are those of the site. */
export function previewOrigin(
  config: Pick<Config, 'publicUrl' | 'previewHost'>,
  lab: string,
  port: number,
): string {
  const site = new URL(config.publicUrl);
  const sitePort = site.port === '' ? '' : `:${site.port}`;
  return `${site.protocol}//${port}-${lab}.${config.previewHost}${sitePort}`;
}

/** Undefined if the name is no preview's; `hostName` comes without its port. */
export function previewTarget(hostName: string, previewHost: string): PreviewTarget | undefined {
  const suffix = `.${previewHost}`;
  if (!hostName.endsWith(suffix)) return undefined;
  const [, digits, lab] =
    /^([1-9]\d{0,4})-([a-z0-9]+)$/.exec(hostName.slice(0, -suffix.length)) ?? [];
  const port = Number(digits);
  if (!(port <= 65_535) || !labIdSchema.safeParse(lab).success || lab === undefined)
    return undefined;
  return { lab, port };
}
