import type { ContainerView, HttpView, Json, JsonObject, LabView } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { httpWords } from '../../_shared/http-words.ts';
import { redisHash } from '../../_shared/redis-hash.ts';

const mib = 1024 * 1024;
const allowed = 256 * mib;
const basketLimit = 64 * mib;
const searchUrl = 'http://127.0.0.1:8080/';
const catalogueFile = '/srv/chandlery/data/parts.csv';
const catalogueBytes = 2_064_934;
const parts = 60_000;

export default defineLab({
  title: 'search restarts all the time since the new catalogue came',
  minutes: 10,
  difficulty: 'easy',
  tags: ['memory', 'limits', 'oom', 'exit-codes', 'restart-policy'],
  objectives: [
    'Tell a kill for want of memory from other ends with exit code 137.',
    'Find out how much memory a container needs, and how much it may have.',
    'Change the limit of a container that exists, and where it comes from.',
  ],
  curriculum: ['S1-08', 'B24-1'],
  hold: { container: 'search' },
  hints: [
    {
      text: 'The log has what the program said. It does not have what ended it: the program was not asked. Docker keeps, for each container, how its last run came to its end.',
      when: isSilent,
    },
    {
      text: "137 is 128 + 9: the program was killed with SIGKILL. That can be Docker (a stop that took too long), a person, or the kernel. One more field of the container's state tells the kernel's kills from the others.",
      when: isSilent,
    },
    {
      text: 'What the program needs can be seen only where it is not killed first. The host has memory to spare for a moment, and the kernel keeps the highest use of each container.',
      when: isSilent,
    },
    {
      text: 'A container has two limits: one for memory, one for memory and swap together. The second cannot be below the first, so raising one alone may be refused.',
      when: async (lab) => (await lab.docker.container('search'))?.memory === 128 * mib,
    },
    {
      text: 'It answers. Does it know everything? Compare what it says about itself with the number of lines in the catalogue.',
      when: async (lab) => !(await isSilent(lab)) && !(await knowsAll(lab)).pass,
    },
    {
      text: 'It works, for the price of the others on this host: look at what search may take now.',
      when: async (lab) => !(await isSilent(lab)) && !(await limitOf(lab)).pass,
    },
  ],
  checks: [
    goal(
      'search-answers',
      'search runs and answers at port 8080',
      async (lab) => {
        const { answer, seen } = await askWhenReady(lab);
        return outcome(
          answer?.status === 200,
          seen,
          'a search that gets to the end of its start; see how its runs end',
        );
      },
      { timeoutMs: 20_000 },
    ),

    goal(
      'whole-catalogue',
      'search knows all 60 000 parts of the catalogue',
      async (lab) => {
        const { answer, seen } = await askWhenReady(lab);
        const wanted = 'all parts of /srv/chandlery/data/parts.csv, the last as well as the first';
        if (answer?.status !== 200) return outcome(false, seen, wanted);
        const result = await knowsAll(lab);
        return outcome(result.pass, result.seen, wanted);
      },
      { timeoutMs: 20_000 },
    ),

    guard(
      'limit-stays',
      'search has a memory limit of at most 256 MB',
      async (lab) => {
        const { pass, seen } = await limitOf(lab);
        return outcome(
          pass,
          seen,
          "a limit of no more than 256 MB, in Docker's settings and in the kernel",
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'basket-as-it-was',
      'basket runs with its 64 MB and its baskets',
      async (lab) => {
        const wanted =
          'the container basket with its own limit, and the basket 7 with its two parts';
        const basket = await lab.docker.container('basket');
        if (basket?.running !== true) return outcome(false, 'basket is not running', wanted);
        if (basket.memory !== basketLimit)
          return outcome(false, `the limit of basket is ${size(basket.memory)}`, wanted);
        const items = await redisHash(lab, 6379, 'basket:7');
        const kept = items?.['P000042'] === '2' && items['P004711'] === '1';
        return outcome(
          kept,
          kept ? 'it runs, 64 MB, with its baskets' : `basket 7 has ${JSON.stringify(items ?? {})}`,
          wanted,
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'catalogue-as-delivered',
      'The catalogue is as it was delivered',
      async (lab) => {
        const file = await lab.file(catalogueFile, { maxBytes: 100 });
        const intact =
          file?.size === catalogueBytes && file.text.startsWith('number,name,size,price\nP000001,');
        return outcome(
          intact,
          intact
            ? 'parts.csv has all its lines'
            : `parts.csv has ${String(file?.size ?? 0)} bytes of ${String(catalogueBytes)}`,
          'the file data/parts.csv of this morning',
        );
      },
      { timeoutMs: 10_000 },
    ),
  ],
});

/* Whether it answers. */

async function isSilent(lab: LabView): Promise<boolean> {
  return (await lab.http(searchUrl)).status !== 200;
}

/** Waits while a run lasts that may still get there; one that has ended is told at once. */
async function askWhenReady(lab: LabView): Promise<{ answer: HttpView | undefined; seen: string }> {
  const told = await lab.eventually(
    async () => {
      const search = await lab.docker.container('search');
      if (search?.status !== 'running') return { answer: undefined, seen: describeEnd(search) };
      const answer = await lab.http(searchUrl);
      return answer.status === 0 ? undefined : { answer, seen: httpWords(searchUrl, answer) };
    },
    { withinMs: 15_000 },
  );
  return told ?? { answer: undefined, seen: 'search runs, but port 8080 does not answer' };
}

function describeEnd(search: ContainerView | undefined): string {
  if (!search) return 'there is no container search';
  const end = `its last run ended with exit code ${String(search.exitCode)}`;
  return search.status === 'restarting'
    ? `search waits for its next start; ${end}`
    : `search is ${search.status}; ${end}`;
}

/* What it knows. */

async function knowsAll(lab: LabView): Promise<{ pass: boolean; seen: string }> {
  const [count, last, found] = await Promise.all(
    ['', 'part/P060000', 'find?q=brass+block'].map((path) => lab.http(searchUrl + path)),
  );
  const known = parsed(count?.text ?? '')?.['parts'];
  const lastIsRight =
    last?.status === 200 &&
    ['P060000', 'brass hook', '57 mm', '77.00'].every((word) => last.text.includes(word));
  const findIsRight = parsed(found?.text ?? '')?.['found'] === 441;
  if (known === parts && lastIsRight && findIsRight)
    return { pass: true, seen: 'it knows all parts, P060000 too' };
  if (known !== parts)
    return {
      pass: false,
      seen: `it says that it knows ${JSON.stringify(known ?? null)} parts of ${String(parts)}`,
    };
  return {
    pass: false,
    seen: `${lastIsRight ? 'the search for brass blocks' : 'the page of P060000'} is not what the catalogue says`,
  };
}

/* What it may take. */

async function limitOf(lab: LabView): Promise<{ pass: boolean; seen: string }> {
  const search = await lab.docker.container('search');
  if (!search) return { pass: false, seen: 'there is no container search' };
  const host = search.raw['HostConfig'];
  if (host !== undefined && isObject(host) && host['OomKillDisable'] === true) {
    return { pass: false, seen: 'the kernel may not enforce the limit of search' };
  }
  if (!isWithin(search.memory))
    return { pass: false, seen: `Docker's limit for search is ${size(search.memory)}` };
  const group = search.pid > 0 ? await lab.cgroup(search.pid) : undefined;
  // A run may end between the two questions; its group says nothing then.
  const stillThere =
    group !== undefined && (await lab.docker.container('search'))?.pid === search.pid;
  if (stillThere && !isWithin(group.memoryMax ?? 0)) {
    return {
      pass: false,
      seen: `Docker says ${size(search.memory)}, the kernel ${size(group.memoryMax ?? 0)}`,
    };
  }
  return { pass: true, seen: `the limit of search is ${size(search.memory)}` };
}

function isWithin(bytes: number): boolean {
  return bytes > 0 && bytes <= allowed;
}

function size(bytes: number): string {
  return bytes > 0 ? `${String(Math.round(bytes / mib))} MB` : 'not set';
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
