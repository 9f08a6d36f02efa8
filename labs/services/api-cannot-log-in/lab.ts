import type { ContainerView, LabView, Outcome } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { fieldsOf, stringOf } from '../../_shared/json-fields.ts';
import { runningContainers } from '../../_shared/published-on.ts';

const site = 'http://127.0.0.1:8080';
const volume = 'notes_db-data';
const notes = [
  'Lathe 2: chuck key is back in the drawer, leave it there',
  'Brandt order 1180: second batch waits for the zinc plater',
  'Compressor trips at 7.8 bar, valve ordered on the 4th',
  'Ask Ines which drawing of the bracket is the current one',
  'Mill 1: spindle hours 4212, service due at 4500',
  'Offcuts of 40 mm bar go to the school, not to the scrap',
  "Safety walk with the insurer: 12 December, 9 o'clock",
  'Kiln thermocouple reads 6 degrees low, corrected by hand',
  'Spare belts for the band saw: two left, shelf C3',
  'Olsen pays the invoice of September in two parts',
  'New apprentice starts in January: locker 17, boots size 43',
  'Gate code changes on the first of the month, ask the office',
];

export default defineLab({
  title: 'After the password rotation the notes stay down',
  minutes: 15,
  difficulty: 'medium',
  tags: ['compose', 'postgresql', 'volumes', 'environment', 'health'],
  objectives: [
    'Follow a failed start through a chain of services to the one that says why',
    'Explain which settings of a database image are read at its first start only',
    'Change the password of a role in a running PostgreSQL without losing data',
  ],
  curriculum: ['S1-32', 'C30-3', 'B43-1'],
  hold: 'engine',
  hints: [
    {
      text: 'Compose names the service that it waited for, not what ails it. Go down the chain: web waits for api, api waits for db. Which of them is the lowest that is not well, and what does its log say?',
    },
    {
      text: 'Two sides have to agree on a password. One of them reads `.env` each time it is created. Find out from the first lines of the database’s log whether it does, too.',
      when: async (lab) => !(await loggedIn(lab)).pass,
    },
    {
      text: 'A role’s password is data: it lies in the volume with the notes. `POSTGRES_PASSWORD` and the scripts in `initdb` were used once, when the volume was empty. Either the data learns the new password, or `.env` goes back to what the data knows; `.env.bak` has that.',
      when: async (lab) => !(await loggedIn(lab)).pass,
    },
    {
      text: 'Inside its own container PostgreSQL lets you in without a password: see the lines for `local` in `pg_hba.conf`. A superuser may set another role’s password there.',
      when: async (lab) => !(await loggedIn(lab)).pass,
    },
    {
      text: 'The api can log in. Nobody has started what was waiting for it yet.',
      when: async (lab) => (await loggedIn(lab)).pass && (await lab.http(site)).status === 0,
    },
    {
      text: 'The notes are no longer where they were. What was removed with the volume does not come back by itself: reset the lab, and look for a way that changes the password and leaves the data.',
      when: async (lab) => !(await keepsNotes(lab)).pass,
    },
  ],
  checks: [
    goal('login', 'The api logs in to its database', loggedIn),
    goal('site', `The site on port 8080 shows all ${notes.length} notes`, showsNotes, {
      timeoutMs: 10_000,
    }),
    guard('notes-kept', 'No note was lost', keepsNotes, { timeoutMs: 10_000 }),
    guard('asks-password', 'The database asks the network for a password', asksForPassword),
    guard('own-role', 'The api logs in as its own role', usesOwnRole),
  ],
});

async function loggedIn(lab: LabView): Promise<Outcome> {
  const wanted =
    'an api whose /health says that its database can be reached; its log has the reason if not';
  const running = (await runningContainers(lab)).filter(isApi);
  if (running.length === 0) return outcome(false, 'no api is running', wanted);
  const answers = await Promise.all(running.map(health));
  const ok = answers.find(({ status }) => status === 200);
  if (ok !== undefined) return outcome(true, ok.text, wanted);
  return outcome(false, answers.map(({ text }) => text).join('; '), wanted);

  async function health({ name, pid }: ContainerView): Promise<{ status: number; text: string }> {
    const answer = await lab.http('http://127.0.0.1:8000/health', { pid, timeoutMs: 4000 });
    return { status: answer.status, text: `${name}: ${answer.error || answer.text.trim()}` };
  }
}

async function showsNotes(lab: LabView): Promise<Outcome> {
  const wanted = `${site}/notes answers with the ${notes.length} notes that there were`;
  const { status, text, error } = await lab.http(`${site}/notes`, { timeoutMs: 4000 });
  if (status === 0) return outcome(false, `nobody answers on port 8080: ${error}`, wanted);
  if (status !== 200)
    return outcome(false, `it answers ${status}: ${text.trim().slice(0, 300)}`, wanted);
  const missing = missingIn(textsOf(text));
  return outcome(
    missing.length === 0,
    missing.length === 0 ? 'all are there' : describeMissing(missing),
    wanted,
  );
}

/** Through the site if it answers, else in the files of the database: the guard must speak while nobody can log in. */
async function keepsNotes(lab: LabView): Promise<Outcome> {
  const wanted = `the ${notes.length} notes, in the volume ${volume} or wherever the site reads them`;
  if ((await showsNotes(lab)).pass) return outcome(true, 'the site shows all of them', wanted);
  const data = await lab.docker.volume(volume);
  if (data === undefined) return outcome(false, `there is no volume ${volume}`, wanted);
  for (const path of await tableFiles(lab, `${data.mountpoint}/base`)) {
    const text = (await lab.file(path))?.text ?? '';
    if (notes.every((note) => text.includes(note)))
      return outcome(true, `they are in ${volume}`, wanted);
  }
  return outcome(false, `${volume} holds no table with all of them`, wanted);
}

/** Tables that somebody made have numbers from 16384 up, and so have their databases. */
async function tableFiles(lab: LabView, base: string): Promise<string[]> {
  const databases = await made(base);
  return (await Promise.all(databases.map(made))).flat();

  async function made(directory: string): Promise<string[]> {
    const entries = (await lab.list(directory)) ?? [];
    return entries
      .filter(({ name }) => /^\d+$/.test(name) && Number(name) >= 16_384)
      .map(({ name }) => `${directory}/${name}`);
  }
}

/** Speaks the first words of PostgreSQL's protocol, from the host and from where the api is. */
async function asksForPassword(lab: LabView): Promise<Outcome> {
  const wanted =
    'whoever comes over the network, api included, has to prove a password before PostgreSQL lets them in';
  const running = await runningContainers(lab);
  const from = [undefined, ...running.filter(isApi).map(({ pid }) => pid)];
  const asked = running.flatMap(({ name, addresses }) =>
    Object.values(addresses).flatMap((host) =>
      from.flatMap((pid) => roles.map((role) => ({ name, host, pid, role }))),
    ),
  );
  const open: string[] = [];
  let answered = 0;
  for (const { name, host, pid, role } of asked) {
    if (host === '') continue;
    const reply = await lab.tcp(host, 5432, {
      send: startup(role),
      ...(pid !== undefined && { pid }),
    });
    if (reply.received.startsWith('R')) answered += 1;
    if (reply.received.startsWith('R\0\0\0\b\0\0\0\0')) open.push(`${role} at ${name}`);
  }
  if (open.length > 0)
    return outcome(false, `let in without a password: ${[...new Set(open)].join(', ')}`, wanted);
  return outcome(
    true,
    answered > 0 ? 'nobody was let in without a password' : 'no database is running',
    wanted,
  );
}

const roles = ['notes', 'postgres'];

/** Length, version 3.0, and who wants to go where. */
function startup(role: string): string {
  const body = `\0\u0003\0\0user\0${role}\0database\0${role}\0\0`;
  return `\0\0\0${String.fromCharCode(body.length + 4)}${body}`;
}

async function usesOwnRole(lab: LabView): Promise<Outcome> {
  const wanted = 'the api logs in as the role that owns its notes and nothing else';
  const users = (await runningContainers(lab))
    .filter(isApi)
    .map(({ env }) => env['DB_USER'] ?? 'notes');
  const others = users.filter((user) => user !== 'notes');
  return others.length > 0
    ? outcome(false, `the api logs in as ${others.join(', ')}`, wanted)
    : outcome(
        true,
        users.length === 0 ? 'no api is running' : `it logs in as ${users.join(', ')}`,
        wanted,
      );
}

/** By what it runs: a repair may give it another name. */
function isApi({ env }: ContainerView): boolean {
  return env['DB_HOST'] !== undefined;
}

function textsOf(answer: string): string[] {
  try {
    const parsed: unknown = JSON.parse(answer);
    return Array.isArray(parsed) ? parsed.map((note) => stringOf(fieldsOf(note)['text'])) : [];
  } catch {
    return [];
  }
}

function missingIn(found: string[]): string[] {
  return notes.filter((note) => !found.includes(note));
}

function describeMissing(missing: string[]): string {
  return missing.length === notes.length
    ? 'none of the notes is there'
    : `${missing.length} are missing, such as “${missing[0]}”`;
}
