import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import type { HttpView, Json, JsonObject, LabView } from '../../define-lab.ts';
import { httpWords } from '../../_shared/http-words.ts';
import { onceUp } from '../../_shared/once-up.ts';
import { publishedOn } from '../../_shared/published-on.ts';

const reference = 'quotes:2.3';
const servedBefore = 417;
const healthUrl = 'http://127.0.0.1:8080/cgi-bin/health';
const departuresUrl = 'http://127.0.0.1:8081/';
/** The build host’s engine keeps its data here; it has no socket that a check can ask. */
const buildHost = '/var/lib/docker-build';
const buildImages = `${buildHost}/image/vfs`;

export default defineLab({
  title: 'Version 2.3 runs on the build host and will not start here',
  minutes: 12,
  difficulty: 'easy',
  tags: ['moving', 'images', 'save', 'export', 'compose'],
  objectives: [
    'Say what an image has besides its files, and look at it',
    'Move an image between hosts so that it arrives as the very same image',
    'Prove by its ID that what runs here is what was tested there',
  ],
  curriculum: ['A26-1', 'C17-1', 'A12-1'],
  hold: 'engine',
  hints: [
    {
      text: 'Two versions of the same image are on this host, and one of them starts. Put what the engine knows about `quotes:2.2` and `quotes:2.3` side by side: configuration, layers, history.',
      when: async (lab) => !(await nameLeadsThere(lab)),
    },
    {
      text: 'An image is layers and a configuration: which program to start, as whom, where, with which environment. Look what is in `/srv/transfer/quotes-2.3.tar`. Where would a configuration be in there?',
      when: async (lab) => !(await nameLeadsThere(lab)),
    },
    {
      text: 'Docker has two pairs of commands that write and read tar files. One pair carries the files of a container, the other an image with all that belongs to it. The build host still has the image; `docker --context build` talks to it.',
      when: async (lab) => !(await nameLeadsThere(lab)),
    },
    {
      text: 'The right image is here under its name. A container keeps the image it was made from: compare the ID of the image with the one that the container on port 8080 runs.',
      when: async (lab) => (await nameLeadsThere(lab)) && !(await runsSameImage(lab)),
    },
    {
      text: 'It answers as 2.3, but the ID of its image is not the one that was tested. Whatever was built or set here again is another image, however similar.',
      when: async (lab) => isLive(await lab.http(healthUrl)) && !(await runsSameImage(lab)),
    },
  ],
  checks: [
    goal(
      'version-live',
      'Version 2.3 answers on port 8080, as its own user',
      async (lab) => {
        const containers = [await publishedOn(lab, 8080)];
        const health = await onceUp(lab, containers, () => lab.http(healthUrl), isLive);
        return outcome(
          isLive(health),
          httpWords(healthUrl, health),
          `${healthUrl} says: status ok, version 2.3, user 1500`,
        );
      },
      { timeoutMs: 15_000 },
    ),
    goal('same-image', 'What runs is the image that was tested on the build host', async (lab) => {
      const tested = await testedImage(lab);
      const running = (await publishedOn(lab, 8080))?.imageId;
      return outcome(
        tested !== undefined && running === tested,
        `port 8080 runs ${running === undefined ? 'nothing' : short(running)}; the build host’s ${reference} is ${short(tested)}`,
        'the container on port 8080 runs from an image with the ID that the build host has',
      );
    }),
    goal('name-leads-there', `The name ${reference} means that image here, too`, async (lab) => {
      const tested = await testedImage(lab);
      const here = (await lab.docker.image(reference))?.id;
      return outcome(
        tested !== undefined && here === tested,
        `${reference} is ${short(here)} here and ${short(tested)} on the build host`,
        `the next deployment by the name ${reference} starts the tested image: the same ID on both hosts`,
      );
    }),
    guard('count-kept', 'The count of quotes served goes on', async (lab) => {
      const app = await publishedOn(lab, 8080);
      const data = app?.mounts.find(({ destination }) => destination === '/data');
      const file = await (await lab.docker.volume('quotes-data'))?.file('served');
      const served = Number(file?.text.trim() ?? NaN);
      const mounted =
        app === undefined
          ? 'no container publishes port 8080'
          : `${data?.name ?? data?.source ?? 'nothing'} is at /data`;
      return outcome(
        served >= servedBefore && (app === undefined || data?.name === 'quotes-data'),
        `quotes-data counts ${Number.isNaN(served) ? 'nothing' : String(served)}; ${mounted}`,
        `the volume quotes-data at /data of the service, with a count of ${String(servedBefore)} or more`,
      );
    }),
    guard(
      'build-host-untouched',
      'The build host still has and runs what it built',
      async (lab) => {
        const wanted = `on the build host, ${reference} and the container quotes that runs from it are as they were`;
        const id = await nameOnBuildHost(lab);
        if (id === undefined)
          return outcome(false, `the build host has no image ${reference}`, wanted);
        if (!(await isGenuine(lab, id)))
          return outcome(false, `the build host’s ${reference} is not what its ID says`, wanted);
        const tests = await runningOnBuildHost(lab);
        const from = tests.find(({ image }) => image === id);
        return outcome(
          from !== undefined,
          from
            ? `${from.name} runs there from ${short(id)}`
            : `${reference} is ${short(id)} there, and no running container is made from it`,
          wanted,
        );
      },
    ),
    guard('ordinary-user', 'The service is not root and has no extra rights', async (lab) => {
      const app = await publishedOn(lab, 8080);
      if (!app) return outcome(true, 'no container publishes port 8080', 'see the goals');
      const main = (await lab.processes()).find(({ pid }) => pid === app.pid);
      const odd = [
        app.privileged ? 'privileged' : '',
        main?.uid === 0 ? 'root' : '',
        app.networkMode === 'host' ? 'in the host’s network' : '',
      ].filter((word) => word !== '');
      return outcome(
        odd.length === 0,
        odd.length > 0
          ? `${app.name} is ${odd.join(', ')}`
          : `${app.name} runs as user ${String(main?.uid ?? app.user)}`,
        'the service runs as the user that its image names, unprivileged, in a network of its own',
      );
    }),
    guard(
      'departures-up',
      'The departures are still shown',
      async (lab) => {
        const containers = [await publishedOn(lab, 8081)];
        const answer = await onceUp(lab, containers, () => lab.http(departuresUrl), isDepartures);
        const seen = isDepartures(answer)
          ? `${departuresUrl} shows them`
          : httpWords(departuresUrl, answer);
        return outcome(isDepartures(answer), seen, `${departuresUrl} shows the departures`);
      },
      { timeoutMs: 15_000 },
    ),
  ],
});

function isLive({ status, text }: HttpView): boolean {
  return (
    status === 200 &&
    ['"status":"ok"', '"version":"2.3"', '"user":1500,'].every((part) => text.includes(part))
  );
}

function isDepartures({ status, text }: HttpView): boolean {
  return status === 200 && text.includes('Outer islands, quay 3');
}

async function nameLeadsThere(lab: LabView): Promise<boolean> {
  const tested = await testedImage(lab);
  return tested !== undefined && (await lab.docker.image(reference))?.id === tested;
}

async function runsSameImage(lab: LabView): Promise<boolean> {
  const tested = await testedImage(lab);
  return tested !== undefined && (await publishedOn(lab, 8080))?.imageId === tested;
}

/** The ID of the image on the build host, if what is there hashes to it. */
async function testedImage(lab: LabView): Promise<string | undefined> {
  const id = await nameOnBuildHost(lab);
  return id !== undefined && (await isGenuine(lab, id)) ? id : undefined;
}

/** What the build host’s engine has written down about its names: `{"Repositories": {"quotes": {"quotes:2.3": ID}}}`. */
async function nameOnBuildHost(lab: LabView): Promise<string | undefined> {
  const names = parsed((await lab.file(`${buildImages}/repositories.json`))?.text);
  return textOf(objectOf(objectOf(names['Repositories'])['quotes'])[reference]);
}

/** An image’s ID is the SHA-256 of its configuration. */
async function isGenuine(lab: LabView, id: string): Promise<boolean> {
  const config = await lab.file(`${buildImages}/imagedb/content/${id.replace(':', '/')}`);
  return config !== undefined && `sha256:${await sha256(config.text)}` === id;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Containers of the build host’s engine, with a process in their control group. */
async function runningOnBuildHost(lab: LabView): Promise<{ name: string; image: string }[]> {
  const processes = await lab.processes();
  const found: { name: string; image: string }[] = [];
  for (const { name: id } of (await lab.list(`${buildHost}/containers`)) ?? []) {
    const config = parsed((await lab.file(`${buildHost}/containers/${id}/config.v2.json`))?.text);
    const image = textOf(config['Image']);
    const runs = processes.some(({ cgroup }) => cgroup.endsWith(`/${id}`));
    if (runs && image !== undefined)
      found.push({ name: (textOf(config['Name']) ?? id).replace('/', ''), image });
  }
  return found;
}

function parsed(text: string | undefined): JsonObject {
  try {
    return objectOf(JSON.parse(text ?? '{}') as Json);
  } catch {
    return {};
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** As `docker images` shows it. */
function short(id: string | undefined): string {
  return id === undefined ? 'not there' : id.replace('sha256:', '').slice(0, 12);
}
