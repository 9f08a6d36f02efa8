/** Class 11, first part: who may speak to the site's API and sockets. */
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import type { Stage } from '../stage/stage.ts';
import { openSocket, type WebQuestion } from '../stage/web-request.ts';
import { webScenario, type WebSite } from '../stage/web-site.ts';

const of = 'web' as const;
const evil = 'http://evil.example';

const sameOrigin = "Sockets and all that changes something want the site's own Origin.";
const ownHosts = 'The server answers to its own host names alone, before anything else.';
const owner = "A lab is found among the learner's own; anybody else's is not there.";

export const webGuards: Attempt[] = [
  socketAttempt(
    'socket-foreign-origin',
    "open a learner's terminal from a page of another origin",
    sameOrigin,
    () => ({ origin: evil }),
  ),
  socketAttempt(
    'socket-null-origin',
    'open a terminal from a sandboxed frame (Origin: null)',
    sameOrigin,
    () => ({ origin: 'null' }),
  ),
  socketAttempt('socket-no-origin', 'open a terminal without an Origin', sameOrigin, () => ({})),
  socketAttempt(
    'socket-other-port',
    'open a terminal from another port of the same machine, where the cookie goes along',
    sameOrigin,
    () => ({ origin: 'http://127.0.0.1:1' }),
  ),
  socketAttempt(
    'socket-preview-origin',
    'open a terminal from a preview of the same lab',
    sameOrigin,
    (site) => ({ origin: previewOrigin(site, site.victim.lab) }),
  ),
  socketAttempt(
    'socket-rebound',
    "open a terminal by a name that was rebound to this machine (Host and Origin are the attacker's)",
    ownHosts,
    (site) => ({
      origin: `${evil}:${String(site.port)}`,
      host: `evil.example:${String(site.port)}`,
    }),
  ),
  socketAttempt(
    'events-foreign-origin',
    "listen to a learner's events from a page of another origin",
    sameOrigin,
    () => ({ origin: evil }),
    () => '/api/events',
  ),
  apiAttempt(
    'host-rebound',
    "read a learner's labs by a name that was rebound to this machine",
    ownHosts,
    (site) => ({ path: '/api/labs', headers: { host: `evil.example:${String(site.port)}` } }),
  ),
  apiAttempt(
    'host-odd',
    "read a learner's labs by names made to look like the site's",
    ownHosts,
    (site) => ({
      path: '/api/labs',
      headers: { host: `127.0.0.1:${String(site.port)}@evil.example` },
    }),
  ),
  apiAttempt(
    'read-cross-site',
    "read a learner's labs from another site's page",
    sameOrigin,
    () => ({ path: '/api/labs', headers: { 'sec-fetch-site': 'cross-site' } }),
  ),
  apiAttempt(
    'post-cross-site',
    'start a lab by a form of another site',
    sameOrigin,
    () => ({
      method: 'POST',
      path: '/api/labs',
      headers: { origin: evil, 'content-type': 'text/plain' },
      body: JSON.stringify({ scenario: webScenario }),
    }),
    ({ status }) => status === 201 || status === 202 || status === 429,
  ),
  apiAttempt(
    'post-no-origin',
    "start a lab from another site's page that sends no Origin",
    sameOrigin,
    () => ({
      method: 'POST',
      path: '/api/labs',
      headers: { 'sec-fetch-site': 'cross-site' },
      json: { scenario: webScenario },
    }),
    ({ status }) => status === 201 || status === 202 || status === 429,
  ),
  apiAttempt(
    'delete-cross-site',
    "end a learner's lab from another site's page",
    sameOrigin,
    (site) => ({
      method: 'DELETE',
      path: `/api/labs/laaaaaaaaaaa`,
      headers: { origin: evil, cookie: site.victim.cookie },
    }),
    ({ status }) => status === 404,
  ),
  ...(
    [
      '',
      '/check',
      '/reset',
      '/extend',
      '/hints',
      '/solution',
      '/debrief',
      '/previews/8080',
    ] as const
  ).map((verb) => strangersLab(verb)),
  socketAttempt(
    'socket-other-learner',
    "open a terminal of another learner's lab",
    owner,
    (site) => ({ origin: site.origin, cookie: site.attacker.cookie }),
  ),
  defineAttempt({
    id: 'events-other-learner',
    class: of,
    title: "hear of another learner's lab by watching its id",
    why: owner,
    async run(stage) {
      const site = await stage.web();
      return heard(site, site.attacker.cookie);
    },
    async control(stage) {
      const site = await stage.web();
      return heard(site, site.victim.cookie);
    },
  }),
  defineAttempt({
    id: 'forged-cookie',
    class: of,
    title:
      'be another learner by a cookie with their name and a wrong signature, an empty one or none',
    why: 'The cookie is signed with a secret of the server.',
    async run(stage) {
      const site = await stage.web();
      const [name = '', value = ''] = site.victim.cookie.split('=');
      const [learner = '', signature = ''] = decodeURIComponent(value).split('.');
      const forged = [
        learner,
        `${learner}.`,
        `${learner}.${signature.slice(0, -2)}AA`,
        `${learner}x.${signature}`,
        `${learner}.${Buffer.from('x'.repeat(32)).toString('base64')}`,
      ];
      const answers = await Promise.all(
        forged.map((one) =>
          site.ask({
            path: `/api/labs/${site.victim.lab}`,
            headers: { cookie: `${name}=${encodeURIComponent(one)}` },
          }),
        ),
      );
      return {
        reached: answers.some(({ status }) => status === 200),
        seen: answers.map(({ status }) => status).join(', '),
      };
    },
    async control(stage) {
      const site = await stage.web();
      const { status } = await site.ask({
        path: `/api/labs/${site.victim.lab}`,
        headers: { cookie: site.victim.cookie },
      });
      return { reached: status === 200, seen: `with the right signature: ${String(status)}` };
    },
  }),
  defineAttempt({
    id: 'static-traversal',
    class: of,
    title:
      "read a file beside the site's folder by dots, encoded dots, backslashes and a NUL in the path",
    why: 'Paths are resolved below the folder of the site.',
    async run(stage) {
      const site = await stage.web();
      const ups = [
        '/../secret.txt',
        '/..%2fsecret.txt',
        '/%2e%2e/secret.txt',
        '/%2e%2e%2fsecret.txt',
        '/..%5csecret.txt',
        '/..\\secret.txt',
        '/x/../../secret.txt',
        '//../secret.txt',
        '/%252e%252e/secret.txt',
        '/..;/secret.txt',
        '/page.txt%00/../../secret.txt',
        `/${site.secretFile}`,
        `//${site.secretFile}`,
        '/.%2e/secret.txt',
        '/_astro/../../secret.txt',
      ];
      const answers = await Promise.all(
        ups.map((path) =>
          site
            .ask({ path })
            .catch((error: unknown) => ({ status: 0, headers: {}, body: String(error) })),
        ),
      );
      return {
        reached: answers.some(({ body }) => body.includes(stage.canaries.token)),
        seen: answers.map(({ status }) => status).join(', '),
      };
    },
    /** The folder itself leads there. */
    async control(stage) {
      const site = await stage.web();
      symlinkSync(site.secretFile, join(site.siteDir, `inside-${String(Date.now())}.txt`));
      const name = readdirSync(site.siteDir).find((one) => one.startsWith('inside-')) ?? '';
      const { body } = await site.ask({ path: `/${name}` });
      return {
        reached: body.includes(stage.canaries.token),
        seen: 'what lies in the folder is served',
      };
    },
  }),
  defineAttempt({
    id: 'agent-by-path',
    class: of,
    title: "reach the agent's verbs through ids and ports that are paths",
    why: 'Ids, numbers and ports are parsed before they become part of anything.',
    async run(stage) {
      const site = await stage.web();
      const { lab, cookie } = site.victim;
      const paths = [
        `/api/labs/..%2f..%2fstatus`,
        `/api/labs/${lab}%2f..%2f..`,
        `/api/labs/${lab}/..%2f..%2f..%2flabs`,
        `/api/labs/${lab}%00`,
        `/api/labs/${lab}?x=/status`,
        `/api/labs/%2e%2e`,
      ];
      const answers = await Promise.all(
        paths.map((path) => site.ask({ path, headers: { cookie } })),
      );
      const posts = await Promise.all(
        ['0', '65536', '-1', '80%2f..', '1e9', 'x'].map((port) =>
          site.ask({
            method: 'POST',
            path: `/api/labs/${lab}/previews/${port}`,
            headers: { cookie, origin: site.origin },
          }),
        ),
      );
      const reached =
        answers.some(({ body }) => body.includes('"engine"') || body.includes('"capacity"')) ||
        posts.some(({ status }) => status === 200);
      return { reached, seen: [...answers, ...posts].map(({ status }) => status).join(', ') };
    },
    async control(stage) {
      const status = await stage.client.status();
      return { reached: status.engine.up, seen: "whoever has the agent's socket reaches them" };
    },
  }),
  defineAttempt({
    id: 'terminal-number',
    class: of,
    title: 'open terminals with numbers, sizes and roles out of range',
    why: 'The query is parsed strictly.',
    async run(stage) {
      const site = await stage.web();
      const bad = ['0', '9', '-1', '1e9', '1.5', 'x', '1%2f..', '99999999999999999999']
        .map((n) => `terminals/${n}`)
        .concat([
          'terminals/1?cols=0',
          'terminals/1?cols=999999999',
          'terminals/1?rows=-1',
          'terminals/1?role=root',
          'terminals/1?cols=80&x=1',
        ]);
      const opened = await Promise.all(
        bad.map((path) =>
          status(site, `/api/labs/${site.victim.lab}/${path}`, {
            origin: site.origin,
            cookie: site.victim.cookie,
          }),
        ),
      );
      return { reached: opened.includes(101), seen: opened.join(', ') };
    },
    async control(stage) {
      const site = await stage.web();
      const opened = await status(
        site,
        `/api/labs/${site.victim.lab}/terminals/1?cols=80&rows=24`,
        { origin: site.origin, cookie: site.victim.cookie },
      );
      return { reached: opened === 101, seen: 'within the range it opens' };
    },
  }),
  defineAttempt({
    id: 'oversize-frame',
    class: of,
    title: 'send a frame of 32 MB to a terminal, a body of 1 MB, and 100,000 levels of JSON',
    why: 'Frames end at 4 MiB, bodies at 16 KiB.',
    timeoutMs: 40_000,
    async run(stage) {
      const site = await stage.web();
      const code = await closeCodeOf(site, Buffer.alloc(32 * 1024 * 1024, 'x'));
      const headers = {
        origin: site.origin,
        cookie: site.attacker.cookie,
        'content-type': 'application/json',
      };
      const bodies = await Promise.all(
        [
          JSON.stringify({ scenario: 'x'.repeat(1024 * 1024) }),
          '['.repeat(100_000),
          '{"__proto__":{"scenario":"overview/escape"}}',
        ].map((body) =>
          site
            .ask({ method: 'POST', path: '/api/labs', headers, body })
            .catch(() => ({ status: 413 })),
        ),
      );
      const health = await site.ask({ path: '/api/health' });
      const refused = bodies.every(({ status: one }) => one >= 400 && one < 500);
      return {
        reached: code === 0 || !refused || health.status !== 200,
        seen: `the socket was closed with ${String(code)}, bodies with ${bodies.map(({ status: one }) => one).join(', ')}; the server answers`,
      };
    },
    async control(stage) {
      const site = await stage.web();
      const code = await closeCodeOf(site, Buffer.from('true\r'));
      return { reached: code === 0, seen: 'a small frame is taken' };
    },
  }),
  defineAttempt({
    id: 'socket-flood',
    class: of,
    title: 'open 200 sockets to one lab',
    why: 'A lab has 64 sockets at most.',
    timeoutMs: 40_000,
    async run(stage) {
      const site = await stage.web();
      const path = `/api/labs/${site.attacker.lab}/terminals/2?cols=80&rows=24&role=watch`;
      const opened = await Promise.all(
        Array.from({ length: 200 }, () =>
          openSocket(site.port, path, { origin: site.origin, cookie: site.attacker.cookie }).catch(
            () => undefined,
          ),
        ),
      );
      const open = opened.filter((one) => one?.status === 101).length;
      const other = await status(site, `/api/labs/${site.victim.lab}/terminals/1?cols=80&rows=24`, {
        origin: site.origin,
        cookie: site.victim.cookie,
      });
      for (const one of opened) one?.socket.terminate();
      return {
        reached: open > 80 || other !== 101,
        seen: `${String(open)} of 200 opened; another learner's opens`,
      };
    },
    async control(stage) {
      const site = await stage.web();
      const path = `/api/labs/${site.attacker.lab}/terminals/2?cols=80&rows=24&role=watch`;
      const opened = await Promise.all(
        Array.from({ length: 3 }, () =>
          openSocket(site.port, path, { origin: site.origin, cookie: site.attacker.cookie }),
        ),
      );
      for (const one of opened) one.socket.terminate();
      return {
        reached: opened.every((one) => one.status === 101),
        seen: 'below the limit all open',
      };
    },
  }),
];

function previewOrigin(site: WebSite, lab: string): string {
  return `http://8080-${lab}.localhost:${String(site.port)}`;
}

function socketAttempt(
  id: string,
  title: string,
  why: string,
  hostile: (site: WebSite) => Record<string, string>,
  path = (site: WebSite): string => `/api/labs/${site.victim.lab}/terminals/1?cols=80&rows=24`,
): Attempt {
  return defineAttempt({
    id,
    class: of,
    title,
    why,
    async run(stage) {
      const site = await stage.web();
      const answered = await status(site, path(site), {
        cookie: site.victim.cookie,
        ...hostile(site),
      });
      return { reached: answered === 101, seen: `answered with ${String(answered)}` };
    },
    async control(stage) {
      const site = await stage.web();
      const answered = await status(site, path(site), {
        cookie: site.victim.cookie,
        origin: site.origin,
      });
      return { reached: answered === 101, seen: "the learner's own page opens it" };
    },
  });
}

/** The control asks the same without the hostile headers, as the learner's own page. */
function apiAttempt(
  id: string,
  title: string,
  why: string,
  hostile: (site: WebSite) => WebQuestion,
  good = ({ status: one }: { status: number }): boolean => one === 200,
): Attempt {
  return defineAttempt({
    id,
    class: of,
    title,
    why,
    async run(stage) {
      const site = await stage.web();
      const question = hostile(site);
      const answer = await site.ask({
        ...question,
        headers: { cookie: site.victim.cookie, ...question.headers },
      });
      return { reached: good(answer), seen: `answered with ${String(answer.status)}` };
    },
    async control(stage) {
      const site = await stage.web();
      const { headers: _, ...question } = hostile(site);
      const type = question.body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await site.ask({
        ...question,
        headers: { cookie: site.victim.cookie, origin: site.origin, ...type },
      });
      return {
        reached: good(answer),
        seen: `the learner's own page is answered with ${String(answer.status)}`,
      };
    },
  });
}

function strangersLab(verb: string): Attempt {
  const method = ['', '/solution', '/debrief'].includes(verb) ? 'GET' : 'POST';
  const ask = async (site: WebSite, cookie: string, lab = site.victim.lab): Promise<Outcome> => {
    const { status: answered, body } = await site.ask({
      method,
      path: `/api/labs/${lab}${verb}`,
      headers: { cookie, origin: site.origin },
    });
    return { reached: !body.includes('no_such_lab'), seen: `answered with ${String(answered)}` };
  };
  return defineAttempt({
    id: `other-learner${verb === '' ? '' : `-${verb.split('/')[1] ?? ''}`}`,
    class: of,
    title: `${method} ${verb === '' ? '(look at)' : verb} of another learner's lab`,
    why: owner,
    timeoutMs: 60_000,
    run: async (stage: Stage) => {
      const site = await stage.web();
      return ask(site, site.attacker.cookie);
    },
    // A reset takes the lab from under the attempts beside it: it is shown on a lab that no other uses.
    control: async (stage: Stage) => {
      const site = await stage.web();
      const learner = verb === '/reset' ? site.bystander : site.victim;
      return ask(site, learner.cookie, learner.lab);
    },
  });
}

async function status(
  site: WebSite,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const { status: answered, socket } = await openSocket(site.port, path, headers).catch(() => ({
    status: 0,
    socket: undefined,
  }));
  socket?.terminate();
  return answered;
}

async function heard(site: WebSite, cookie: string): Promise<Outcome> {
  const { status: answered, socket } = await openSocket(site.port, '/api/events', {
    origin: site.origin,
    cookie,
  });
  if (answered !== 101) throw new Error(`The events' socket was refused with ${String(answered)}.`);
  let words = '';
  socket.on('message', (data) => (words += Buffer.isBuffer(data) ? data.toString('utf8') : ''));
  socket.send(JSON.stringify({ type: 'watch', labs: [site.victim.lab] }));
  await site.ask({
    method: 'POST',
    path: `/api/labs/${site.victim.lab}/check`,
    headers: { cookie: site.victim.cookie, origin: site.origin },
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  socket.terminate();
  return {
    reached: words.includes(site.victim.lab),
    seen: `${String(words.length)} characters were heard`,
  };
}

/** 0 if it was not closed. */
async function closeCodeOf(site: WebSite, frame: Buffer): Promise<number> {
  const { status: answered, socket } = await openSocket(
    site.port,
    `/api/labs/${site.attacker.lab}/terminals/3?cols=80&rows=24`,
    { origin: site.origin, cookie: site.attacker.cookie },
  );
  if (answered !== 101) throw new Error(`The terminal was refused with ${String(answered)}.`);
  const closed = new Promise<number>((resolve) => {
    socket.once('close', resolve);
    setTimeout(() => {
      resolve(0);
    }, 4_000);
  });
  socket.send(frame);
  const code = await closed;
  socket.terminate();
  return code;
}
