/** The two users that Drydock needs on the machine, and the range of ids that labs are mapped to. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { runCommand } from './run-command.ts';
import { remapUser } from './start-engine.ts';

/** Who the web server runs as. */
export const webUser = 'drydock';
/** A lab sees 65536 users; the engine wants the range of the map to be that long. */
const rangeLength = 65_536;

export async function ensureUsers(): Promise<void> {
  for (const user of [webUser, remapUser]) {
    if (!passwdLine(user)) {
      await runCommand('useradd', [
        '--system',
        '--user-group',
        '--no-create-home',
        '--shell',
        '/usr/sbin/nologin',
        user,
      ]);
    }
  }
  for (const file of ['/etc/subuid', '/etc/subgid']) ensureRange(file);
}

/** First id, on the machine, of the range that a lab's users 0 … 65535 are. */
export function labUidStart(): number {
  const range = ranges('/etc/subuid').find((entry) => entry.user === remapUser);
  if (!range) throw new Error(`/etc/subuid has no range for ${remapUser}.`);
  return range.start;
}

export function userIds(user: string): { uid: number; gid: number } {
  const fields = passwdLine(user)?.split(':');
  if (!fields) throw new Error(`The user ${user} does not exist; \`npm start\` as root makes it.`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

function ensureRange(file: string): void {
  const taken = ranges(file);
  if (taken.some((entry) => entry.user === remapUser)) return;
  const start = taken.reduce(
    (end, entry) => Math.max(end, entry.start + entry.length),
    1_000_000_000,
  );
  appendFileSync(file, `${remapUser}:${String(start)}:${String(rangeLength)}\n`);
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
