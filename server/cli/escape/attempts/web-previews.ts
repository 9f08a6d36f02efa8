/** Class 11, second part: pages of a lab, shown by the site on origins of their own. */
import { defineAttempt, type Attempt } from '../attempt.ts';
import type { Stage } from '../stage/stage.ts';
import { openSocket, type WebAnswer } from '../stage/web-request.ts';
import type { WebLearner, WebSite } from '../stage/web-site.ts';

const of = 'web' as const;

export const webPreviews: Attempt[] = [
  defineAttempt({
    id: 'preview-cookies',
    class: of,
    title: "have a page of the lab receive the site's cookies",
    why: "The site's cookies and the preview's pass are taken out of what goes to the lab.",
    async run(stage) {
      const { site, pass, learner } = await open(stage);
      const { body } = await through(site, learner, {
        cookie: `${learner.cookie}; ${pass}; app=of-the-lab`,
      });
      return {
        reached: body.includes('drydock_learner') || body.includes('drydock_preview'),
        seen: `the lab was told: ${/cookie: [^\n]*/i.exec(body)?.[0] ?? 'no cookie'}`,
      };
    },
    async control(stage) {
      const { site, pass, learner } = await open(stage);
      const { body } = await through(site, learner, { cookie: `${pass}; app=of-the-lab` });
      return {
        reached: body.includes('of-the-lab'),
        seen: "a cookie of the application's own goes through",
      };
    },
  }),
  defineAttempt({
    id: 'preview-sets-cookie',
    class: of,
    title: "have a page of the lab set the site's cookie, or one for the parent domain",
    why: "Of the lab's cookies the site's names are left out, and none may name a domain.",
    async run(stage) {
      const { site, pass, learner } = await open(stage);
      const cookies = (await through(site, learner, { cookie: pass })).headers['set-cookie'] ?? [];
      return {
        reached: cookies.some(
          (cookie) => cookie.includes('drydock_learner') || /domain/i.test(cookie),
        ),
        seen: cookies.join(' | '),
      };
    },
    async control(stage) {
      const { site, pass, learner } = await open(stage);
      const cookies = (await through(site, learner, { cookie: pass })).headers['set-cookie'] ?? [];
      return {
        reached: cookies.some((cookie) => cookie.startsWith('app=')),
        seen: "a cookie of the application's own goes through",
      };
    },
  }),
  defineAttempt({
    id: 'preview-calls-api',
    class: of,
    title: "have a page of the lab call the site's API, with the learner's cookie",
    why: "The preview's origin is not the site's, and its host name has no API.",
    async run(stage) {
      const { site, pass, learner } = await open(stage);
      const origin = `http://${host(site, learner)}`;
      const foreign = await Promise.all([
        site.ask({ path: '/api/labs', headers: { origin, cookie: learner.cookie } }),
        site.ask({
          method: 'DELETE',
          path: `/api/labs/${learner.lab}`,
          headers: { origin, cookie: learner.cookie },
        }),
        site.ask({
          path: '/api/labs',
          headers: { 'sec-fetch-site': 'same-site', cookie: learner.cookie },
        }),
      ]);
      const own = await site.ask({
        path: '/api/labs',
        headers: { host: host(site, learner), cookie: `${learner.cookie}; ${pass}` },
      });
      const refused =
        foreign.every(({ status }) => status === 403) && !own.body.includes('expiresAt');
      return {
        reached: !refused,
        seen: `${foreign.map(({ status }) => status).join(', ')}; on its own host the answer is the lab's`,
      };
    },
    async control(stage) {
      const { site, learner } = await open(stage);
      const { status } = await site.ask({
        path: '/api/labs',
        headers: { origin: site.origin, cookie: learner.cookie },
      });
      return { reached: status === 200, seen: "the site's own page is answered" };
    },
  }),
  defineAttempt({
    id: 'preview-no-pass',
    class: of,
    title:
      "look at another learner's preview: without a pass, with that of another port or lab, with a token that was used",
    why: 'A pass is signed for one port of one lab, and its token works once.',
    async run(stage) {
      const { site, pass, learner, token } = await open(stage);
      const other = site.attacker;
      const headers: Record<string, string>[] = [
        { host: host(site, learner) },
        { host: host(site, learner, 8081), cookie: pass },
        { host: host(site, other), cookie: pass },
        { host: host(site, learner), cookie: pass.replace(/.{3}$/, 'AAA') },
        { host: host(site, learner), cookie: other.cookie },
      ];
      const answers = await Promise.all(
        headers.map((one) => site.ask({ path: '/', headers: one })),
      );
      const again = await site.ask({
        path: `/.drydock-preview?token=${token}`,
        headers: { host: host(site, learner) },
      });
      const elsewhere = await site.ask({
        path: `/.drydock-preview?token=${await newToken(site, learner)}`,
        headers: { host: host(site, other) },
      });
      const all = [...answers, again, elsewhere];
      return {
        reached: all.some(({ status, body }) => status === 303 || body.includes('echo-of-the-lab')),
        seen: all.map(({ status }) => status).join(', '),
      };
    },
    async control(stage) {
      const { site, pass, learner } = await open(stage);
      const { body } = await through(site, learner, { cookie: pass });
      return {
        reached: body.includes('echo-of-the-lab'),
        seen: 'with the right pass the page is shown',
      };
    },
  }),
  defineAttempt({
    id: 'preview-foreign-socket',
    class: of,
    title: "open a socket to a lab's application from another origin",
    why: "A preview's sockets want the preview's own Origin.",
    async run(stage) {
      const { site, pass, learner } = await open(stage);
      const { status, socket } = await openSocket(site.port, '/', {
        host: host(site, learner),
        origin: 'http://evil.example',
        cookie: pass,
      });
      socket.terminate();
      return { reached: status === 101 || status === 200, seen: `answered with ${String(status)}` };
    },
    async control(stage) {
      const { site, pass, learner } = await open(stage);
      const { status, socket } = await openSocket(site.port, '/', {
        host: host(site, learner),
        origin: `http://${host(site, learner)}`,
        cookie: pass,
      });
      socket.terminate();
      return {
        reached: status === 200,
        seen: "from its own page it reaches the lab's application (which speaks plain HTTP)",
      };
    },
  }),
  defineAttempt({
    id: 'preview-headers',
    class: of,
    title:
      'have a page of the lab set headers that outlive it: transport security, other services, a worker for the whole site',
    why: 'Headers that concern more than the page are left out.',
    async run(stage) {
      const { site, pass, learner } = await open(stage);
      const { headers } = await through(site, learner, { cookie: pass });
      const names = ['strict-transport-security', 'alt-svc'].filter((name) => name in headers);
      return {
        reached: names.length > 0,
        seen: names.length > 0 ? names.join(', ') : 'none of them came through',
      };
    },
    async control(stage) {
      const { site, pass, learner } = await open(stage);
      const { headers } = await through(site, learner, { cookie: pass });
      return {
        reached: headers['x-of-the-lab'] === 'yes',
        seen: "the application's other headers come through",
      };
    },
  }),
];

interface OpenPreview {
  site: WebSite;
  learner: WebLearner;
  /** As a cookie. */
  pass: string;
  token: string;
}

const server = `pkill -f starve-echo; setsid perl -MIO::Socket::INET -e '# starve-echo
  my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 20, ReuseAddr => 1) or die $!; alarm 600;
  while (my $c = $s->accept) { sysread $c, my $q, 16384; my $b = "echo-of-the-lab\\n$q"; print $c "HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: ", length $b, "\\r\\nX-Of-The-Lab: yes\\r\\nStrict-Transport-Security: max-age=9999999; includeSubDomains\\r\\nAlt-Svc: h2=\\":443\\"\\r\\nSet-Cookie: drydock_learner=evil; Path=/\\r\\nSet-Cookie: other=1; Domain=localhost\\r\\nSet-Cookie: app=1; Path=/\\r\\nConnection: close\\r\\n\\r\\n$b"; close $c }' >/dev/null 2>&1 </dev/null & ip link set lo up; for n in 1 2 3 4 5 6 7 8 9; do curl -s -m 1 http://127.0.0.1:8080/ >/dev/null && exit 0; sleep 0.3; done; exit 1`;

const serving = new WeakMap<WebSite, Promise<unknown>>();

/** The victim's lab serves a page that says what it was sent. */
async function open(stage: Stage): Promise<OpenPreview> {
  const site = await stage.web();
  const learner = site.victim;
  const started = serving.get(site) ?? site.runInLab(learner, server);
  serving.set(site, started);
  await started;
  const token = await newToken(site, learner);
  const redeemed = await site.ask({
    path: `/.drydock-preview?token=${token}`,
    headers: { host: host(site, learner) },
  });
  const pass = redeemed.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  if (pass === '') throw new Error(`The preview gave no pass: ${String(redeemed.status)}`);
  return { site, learner, pass, token };
}

async function newToken(site: WebSite, learner: WebLearner): Promise<string> {
  const { body } = await site.ask({
    method: 'POST',
    path: `/api/labs/${learner.lab}/previews/8080`,
    headers: { cookie: learner.cookie, origin: site.origin },
  });
  return /token=([\w-]+)/.exec(body)?.[1] ?? '';
}

function host(site: WebSite, learner: WebLearner, port = 8080): string {
  return `${String(port)}-${learner.lab}.localhost:${String(site.port)}`;
}

function through(
  site: WebSite,
  learner: WebLearner,
  headers: Record<string, string>,
): Promise<WebAnswer> {
  return site.ask({ path: '/', headers: { host: host(site, learner), ...headers } });
}
