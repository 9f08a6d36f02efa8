import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import type { ContainerView, HttpView, LabView } from '../../define-lab.ts';
import { builtOn } from '../../_shared/built-on.ts';
import { httpWords } from '../../_shared/http-words.ts';
import { onceUp } from '../../_shared/once-up.ts';
import { publishedOn, runningContainers } from '../../_shared/published-on.ts';

const seededVisits = 4182;
const seededEntries = [
  'The lighthouse lens alone is worth the trip. Ines, Porto',
  'Our class liked the diving bell best. 4b',
  'Forty years since my last visit, and the cat is still on the stairs. A. Holm',
];
const healthUrl = 'http://127.0.0.1:8080/health';
const kioskUrl = 'http://127.0.0.1:8081/';
const dockerDns = '127.0.0.11';
const officeDns = '10.20.0.53';

export default defineLab({
  title: 'The guestbook cannot find its store since the move',
  minutes: 10,
  difficulty: 'easy',
  tags: ['networking', 'dns', 'bridge', 'redis'],
  objectives: [
    'Tell a name that does not resolve from a service that does not answer',
    'Say which of the networks of a Docker host answer container names, and see it in a container',
    'Bring running containers together on a network of their own without losing data',
  ],
  curriculum: ['C27-1', 'B41-1', 'B41-2'],
  hold: 'engine',
  hints: [
    {
      text: 'Two things have to work before the guestbook sees its store: the name `cache` must turn into an address, and that address must answer. Try each on its own from inside the guestbook’s container. Which one fails?',
      when: async (lab) => !(await counts(lab)),
    },
    {
      text: 'A name is asked of a name server. Look which one the guestbook’s container asks (its `/etc/resolv.conf`), and ask yourself how that server should know about containers.',
      when: async (lab) => !(await counts(lab)),
    },
    {
      text: 'Compare with a throw-away container on a network that you make yourself: which name server does it get? Then look on which network `guestbook` and `cache` are.',
      when: async (lab) => (await dockerNetworksOf(lab)).every((network) => network === 'bridge'),
    },
    {
      text: 'The network called `bridge`, which a container gets when nobody asks for another, has no name service. Every network that you create has one, at 127.0.0.11, for the containers on that network. A container can join a network while it runs.',
      when: async (lab) => (await dockerNetworksOf(lab)).every((network) => network === 'bridge'),
    },
    {
      text: 'The guestbook is on a network with name service now. That service only knows the containers which are on the same network.',
      when: async (lab) =>
        (await dockerNetworksOf(lab)).some((network) => network !== 'bridge') &&
        !(await counts(lab)),
    },
    {
      text: 'An address that somebody wrote down is right until the engine hands out addresses anew. What hands out the addresses should also answer the names.',
      when: async (lab) => (await writtenDown(lab)).length > 0,
    },
  ],
  checks: [
    goal(
      'guestbook-answers',
      'The guestbook answers with the visits that its store counted',
      async (lab) => {
        const health = await askHealth(lab);
        return outcome(
          visitsIn(health) >= seededVisits,
          httpWords(healthUrl, health),
          `${healthUrl} answers 200 with the ${String(seededVisits)} visits from before the move, or more`,
        );
      },
      { timeoutMs: 15_000 },
    ),
    goal(
      'found-by-name',
      'Docker’s name service leads the guestbook to its store',
      async (lab) => {
        const wanted = `in the guestbook’s network, the name server ${dockerDns} answers the store’s name with an address of the container that holds the visits`;
        const app = await publishedOn(lab, 8080);
        if (!app) return outcome(false, 'no running container publishes port 8080', wanted);
        const name = storeName(app);
        const { status, answers } = await lab.dns(name, { pid: app.pid, server: dockerDns });
        const networks = Object.keys(app.addresses);
        const where = `${app.name} is on ${networks.length > 0 ? listed(networks) : 'no network of its own'}`;
        if (answers.length === 0) {
          const silent =
            status === 'TIMEOUT' ? 'nobody answers there' : `the answer for ${name} is ${status}`;
          return outcome(false, `${where}; asked at ${dockerDns}, ${silent}`, wanted);
        }
        const store = (await stores(lab)).find(({ container }) =>
          sharedAddress(app, container, answers),
        );
        const seen = `${where}; ${name} is ${listed(answers)} there, ${store ? `which is ${store.container.name}` : 'which is not the container with the visits'}`;
        return outcome(store !== undefined, seen, wanted);
      },
      { timeoutMs: 15_000 },
    ),
    guard(
      'entries-kept',
      'The store still holds all visits and entries',
      async (lab) => {
        const held = await onceUp(
          lab,
          await runningContainers(lab),
          () => stores(lab),
          (all) => all.some(isComplete),
        );
        const best = held.sort((a, b) => b.visits - a.visits)[0];
        return outcome(
          held.some(isComplete),
          best
            ? `${best.container.name} holds ${String(best.visits)} visits and ${String(best.entries.length)} entries`
            : 'no running container answers as Redis',
          `a running Redis with ${String(seededVisits)} visits or more and the ${String(seededEntries.length)} entries of before`,
        );
      },
      { timeoutMs: 15_000 },
    ),
    guard('no-address-written-down', 'Nobody wrote the store’s address down', async (lab) => {
      const found = await writtenDown(lab);
      return outcome(
        found.length === 0,
        found.length === 0
          ? 'no setting, hosts file or office record names an address for the store'
          : listed(found),
        'the name alone in the settings; nothing in the hosts file of the container or of the machine, no record in the office’s name server',
      );
    }),
    guard('store-stays-inside', 'The store is not open to the machine’s network', async (lab) => {
      const published = (await stores(lab)).flatMap(
        ({ container }) => container.ports['6379/tcp'] ?? [],
      );
      const listening = (await lab.ports())
        .filter(({ protocol, port }) => protocol === 'tcp' && port === 6379)
        .map(({ address, port }) => ({ ip: address, port }));
      const open = [...published, ...listening].map(({ ip, port }) => `${ip}:${String(port)}`);
      return outcome(
        open.length === 0,
        open.length === 0
          ? 'no Redis is published, and nothing on the machine listens on port 6379'
          : `Redis can be reached at ${listed(open)}`,
        'Redis has no password: it is for containers only, not published and not in the machine’s own network',
      );
    }),
    guard(
      'same-images',
      'Guestbook and store run from their images, with no extra rights',
      async (lab) => {
        const running = await runningContainers(lab);
        const app = await ofImage(lab, running, 'python:3');
        const store = await ofImage(lab, running, 'redis:8');
        const odd = [app, store].filter((c) => c?.privileged === true || c?.networkMode === 'host');
        const missing = [app ? '' : 'python:3', store ? '' : 'redis:8'].filter(
          (image) => image !== '',
        );
        return outcome(
          missing.length === 0 && odd.length === 0,
          missing.length > 0
            ? `no running container of ${listed(missing)}`
            : odd.length > 0
              ? `${listed(odd.map((c) => c?.name ?? ''))} is privileged or in the host’s network`
              : 'both run from the images of before, unprivileged',
          'a container of python:3 and one of redis:8 (or of images built on them), neither privileged nor in the host’s network',
        );
      },
    ),
    guard(
      'kiosk-up',
      'The kiosk still shows the opening hours',
      async (lab) => {
        const kiosk = await publishedOn(lab, 8081);
        const answer = await onceUp(lab, [kiosk], () => lab.http(kioskUrl), isKiosk);
        return outcome(
          isKiosk(answer),
          isKiosk(answer) ? `${kioskUrl} shows the opening hours` : httpWords(kioskUrl, answer),
          `${kioskUrl} shows the museum’s opening hours`,
        );
      },
      { timeoutMs: 15_000 },
    ),
  ],
});

async function askHealth(lab: LabView): Promise<HttpView> {
  const containers = [await publishedOn(lab, 8080)];
  return onceUp(
    lab,
    containers,
    () => lab.http(healthUrl),
    (answer) => visitsIn(answer) >= seededVisits,
  );
}

async function counts(lab: LabView): Promise<boolean> {
  return visitsIn(await lab.http(healthUrl)) >= seededVisits;
}

/** -1 if the answer is none of the guestbook’s. */
function visitsIn(answer: HttpView): number {
  const visits = /"visits":\s*(\d+)/.exec(answer.text)?.[1];
  return answer.status === 200 && visits !== undefined ? Number(visits) : -1;
}

function isKiosk(answer: HttpView): boolean {
  return answer.status === 200 && answer.text.includes('The last boat leaves at 17:40');
}

interface Store {
  container: ContainerView;
  visits: number;
  entries: string[];
}

/** Every running container that answers as Redis, whatever it is called and wherever it is. */
async function stores(lab: LabView): Promise<Store[]> {
  const found: Store[] = [];
  for (const container of await runningContainers(lab)) {
    const read = await readStore(lab, container);
    if (read) found.push(read);
  }
  return found;
}

async function readStore(lab: LabView, container: ContainerView): Promise<Store | undefined> {
  if (container.networkMode === 'host') return undefined;
  const send = 'GET visits\r\nLRANGE entries 0 -1\r\nQUIT\r\n';
  const { open, received } = await lab.tcp('127.0.0.1', 6379, { send, pid: container.pid });
  // Redis answers: $4 CRLF 4182 CRLF *3 CRLF $57 CRLF an entry … +OK
  const visits = /^(?:\$-1|\$\d+\r\n(\d+))\r\n\*/.exec(received);
  if (!open || !visits) return undefined;
  const entries = received.split('\r\n').filter((line) => seededEntries.includes(line));
  return { container, visits: Number(visits[1] ?? 0), entries };
}

function isComplete({ visits, entries }: Store): boolean {
  return visits >= seededVisits && seededEntries.every((entry) => entries.includes(entry));
}

/** Whether one of `answers` is the store’s address on a network that both are on and that has name service. */
function sharedAddress(app: ContainerView, store: ContainerView, answers: string[]): boolean {
  return Object.entries(store.addresses).some(
    ([network, address]) =>
      network !== 'bridge' && network in app.addresses && answers.includes(address),
  );
}

async function dockerNetworksOf(lab: LabView): Promise<string[]> {
  return Object.keys((await publishedOn(lab, 8080))?.addresses ?? {});
}

function storeName(app: ContainerView): string {
  return app.env['CACHE_HOST'] ?? 'cache';
}

/** Where an address stands in place of the name, in words. */
async function writtenDown(lab: LabView): Promise<string[]> {
  const found: string[] = [];
  const app = await publishedOn(lab, 8080);
  const name = app ? storeName(app) : 'cache';
  if (isAddress(name)) found.push(`CACHE_HOST of ${app?.name ?? 'the guestbook'} is ${name}`);
  const hosts = app ? await app.file('/etc/hosts') : undefined;
  if (names(hosts?.text, name))
    found.push(`the hosts file of ${app?.name ?? 'the guestbook'} has a line for ${name}`);
  if (names((await lab.file('/etc/hosts'))?.text, name))
    found.push(`the machine’s hosts file has a line for ${name}`);
  const record = isAddress(name) ? [] : (await lab.dns(name, { server: officeDns })).answers;
  if (record.length > 0) found.push(`the office’s name server says ${name} is ${listed(record)}`);
  return found;
}

function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':');
}

function names(hostsFile: string | undefined, name: string): boolean {
  const lines = (hostsFile ?? '')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  return lines.some(([, ...hosts]) => hosts.includes(name));
}

async function ofImage(
  lab: LabView,
  running: ContainerView[],
  reference: string,
): Promise<ContainerView | undefined> {
  for (const container of running) {
    if (await builtOn(lab, container, reference)) return container;
  }
  return undefined;
}

function listed(words: string[]): string {
  return words.join(', ');
}
