/** The two users that Drydock needs on the machine, and the ranges of ids that labs are mapped to. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { runCommand } from './run-command.ts';
import { maxRanges, usersPerLab } from '../labs/user-ranges.ts';
import { remapUser } from './start-engine.ts';
import { usersHere } from './where.ts';

/** Who the web server runs as. */
export const webUser = 'drydock';
/** Whose subordinate ids the labs' own ranges are, so that nobody else is given them; there is no such user. */
const rangesOwner = 'drydock-lab-ranges';

/** Where others of the machine's are not likely to be, and where a container of a user namespace still has users. */
const firstStart = { onMachine: 1_000_000_000, inFewUsers: 100_000 };

export async function ensureUsers(): Promise<void> {
  for (const user of [webUser, remapUser]) await ensureUser(user);
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    // The engine wants the range of its map to be as long as what a lab sees.
    ensureRange(file, remapUser, { least: 1, most: 1 });
    ensureRange(file, rangesOwner, { least: 0, most: maxRanges });
  }
}

/** A system user that nobody logs in as. */
export async function ensureUser(user: string): Promise<void> {
  if (passwdLine(user)) return;
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  await runCommand('useradd', [...options, user]);
}

/** First id, on the machine, of the range that the engine maps every container to. */
export function labUidStart(): number {
  return startOf(remapUser);
}

/** The ids that root of a lab has in the labs' shared files. */
export function labRootIds(): { uid: number; gid: number } {
  return { uid: startOf(remapUser), gid: startOf(remapUser, '/etc/subgid') };
}

/** The range that the labs' own ranges are cut from (labs/user-ranges.ts), and how many those are. */
export function ownRanges(): { start: number; count: number } {
  const { start, length } = rangeOf(rangesOwner);
  return { start, count: Math.floor(length / usersPerLab) };
}

function startOf(owner: string, file = '/etc/subuid'): number {
  return rangeOf(owner, file).start;
}

function rangeOf(owner: string, file = '/etc/subuid'): { start: number; length: number } {
  const range = ranges(file).find((entry) => entry.user === owner);
  if (!range) throw new Error(`${file} has no range for ${owner}; \`npm start\` adds it.`);
  return range;
}

export function userIds(user: string): { uid: number; gid: number } {
  const fields = passwdLine(user)?.split(':');
  if (!fields) throw new Error(`The user ${user} does not exist; \`npm start\` as root makes it.`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** As many times the users of a lab as there are, `least` to `most`. */
function ensureRange(file: string, owner: string, labs: { least: number; most: number }): void {
  const taken = ranges(file);
  if (taken.some((entry) => entry.user === owner)) return;
  const all = usersHere();
  const first = all > firstStart.onMachine ? firstStart.onMachine : firstStart.inFewUsers;
  const start = taken.reduce((end, entry) => Math.max(end, entry.start + entry.length), first);
  const room = Math.max(0, Math.floor((all - start) / usersPerLab));
  if (room < labs.least)
    throw new Error(
      `There are ${String(all)} users here; labs need some from ${String(start)} on. Give the engine's \`userns-remap\` a range of 4,000,000.`,
    );
  const length = Math.min(room, labs.most) * usersPerLab;
  appendFileSync(file, `${owner}:${String(start)}:${String(length)}\n`);
}

function ranges(file: string): { user: string; start: number; length: number }[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length === 3)
    .map(([user, start, length]) => ({
      user: user ?? '',
      start: Number(start),
      length: Number(length),
    }));
}

function passwdLine(user: string): string | undefined {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${user}:`));
}
