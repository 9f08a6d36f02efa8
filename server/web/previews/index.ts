/**
 * Shows web applications of a lab, each port under a host name of its own, so that no page of a lab is of the site's
 * origin. Knows who may see which preview; what passes through is the learner's and is not looked at.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AgentClient } from '../../agent-client/index.ts';
import type { Config } from '../../config.ts';
import { DrydockError } from '../../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Sessions } from '../sessions/index.ts';
import { cookieOf } from './cookie-of.ts';
import type { PreviewPage } from './pages.ts';
import { labUnavailable, nothingListens, pages, refuseUpgrade, sendPage } from './pages.ts';
import { createPasses, passCookie, passCookieMs } from './passes.ts';
import type { Passes } from './passes.ts';
import type { PreviewTarget } from './preview-host.ts';
import { previewOrigin } from './preview-host.ts';
import { proxyRequest } from './proxy-request.ts';
import type { Upgrade } from './proxy-upgrade.ts';
import { proxyUpgrade } from './proxy-upgrade.ts';

export interface Previews {
  /** An address with a one-time token; the lab is known to be the learner's. */
  open: (lab: string, port: number) => string;
  request: (
    target: PreviewTarget,
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<void>;
  upgrade: (target: PreviewTarget, upgrade: Upgrade) => Promise<void>;
}

export interface PreviewOptions {
  agent: AgentClient;
  config: Config;
  log: Logger;
  metrics: Metrics;
  secret: Buffer;
  sessions: Sessions;
}

const openPath = '/.drydock-preview';

export function createPreviews(options: PreviewOptions): Previews {
  const { config, metrics, secret } = options;
  const passes = createPasses(secret);
  const count = (outcome: string): void => metrics.previews.inc({ outcome });
  const siteProtocol = new URL(config.publicUrl).protocol.slice(0, -1);

  return {
    open: (lab, port) =>
      `${previewOrigin(config, lab, port)}${openPath}?token=${passes.token({ lab, port })}`,
    request: async (target, request, response) => {
      const url = new URL(request.url ?? '/', 'http://preview');
      if (url.pathname === openPath) {
        redeem(
          {
            passes,
            target,
            token: url.searchParams.get('token') ?? '',
            to: ownPath(url.searchParams.get('to') ?? '/'),
            secure: siteProtocol === 'https',
          },
          response,
        );
        return;
      }
      const refusal = refuse(passes, target, request);
      const inner = refusal ?? (await dial(options, target));
      if (isPage(inner)) {
        count(String(inner.status));
        sendPage(response, inner);
        return;
      }
      count('passed');
      const origin = previewOrigin(config, target.lab, target.port);
      proxyRequest({ inner, request, response, siteProtocol, origin, port: target.port });
    },
    upgrade: async (target, upgrade) => {
      const { origin, host } = upgrade.request.headers;
      const own = origin === `http://${host}` || origin === `https://${host}`;
      const refusal = refuse(passes, target, upgrade.request) ?? (own ? undefined : pages.foreign);
      const inner: Duplex | PreviewPage = refusal ?? (await dial(options, target));
      if (!isPage(inner)) return proxyUpgrade(upgrade, inner, siteProtocol);
      count(String(inner.status));
      refuseUpgrade(upgrade.socket, inner);
    },
  };
}

interface Redemption {
  passes: Passes;
  target: PreviewTarget;
  token: string;
  /** A path of the preview. */
  to: string;
  secure: boolean;
}

/** Whatever it is made of, it leads to the preview's own origin: `//` would name another host. */
function ownPath(to: string): string {
  const url = URL.parse(to, 'http://preview');
  return url ? `${url.pathname}${url.search}`.replace(/^\/+/, '/') : '/';
}

function redeem({ passes, target, token, to, secure }: Redemption, response: ServerResponse): void {
  if (!passes.redeem(target, token)) return sendPage(response, pages.noPass);
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${passCookieMs / 1000}${secure ? '; Secure' : ''}`;
  response.writeHead(303, {
    location: to,
    'set-cookie': `${passCookie}=${passes.cookie(target)}; ${attributes}`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  response.end();
}

/** Other sites may link to a preview, and no more. */
function refuse(
  passes: Passes,
  target: PreviewTarget,
  { headers }: IncomingMessage,
): PreviewPage | undefined {
  if (!passes.isValid(target, cookieOf(headers.cookie, passCookie))) return pages.noPass;
  const site = headers['sec-fetch-site'];
  const foreign = site === 'cross-site' || site === 'same-site';
  return foreign && headers['sec-fetch-mode'] !== 'navigate' ? pages.foreign : undefined;
}

async function dial(
  { agent, sessions, log }: PreviewOptions,
  { lab, port }: PreviewTarget,
): Promise<Duplex | PreviewPage> {
  if (!sessions.book.get(lab)) return pages.noLab;
  try {
    const { agentId } = await sessions.awake(lab);
    return await agent.connect(agentId, port);
  } catch (error) {
    if (!(error instanceof DrydockError)) {
      log.warn({ err: error, lab, port }, 'preview not connected');
      return pages.down;
    }
    if (error.code === 'lab_not_ready' || error.code === 'lab_stopped')
      return labUnavailable(error.message);
    return error.code === 'lab_host_down' ? pages.down : nothingListens(port);
  }
}

function isPage(inner: Duplex | PreviewPage): inner is PreviewPage {
  return 'status' in inner && 'title' in inner;
}
