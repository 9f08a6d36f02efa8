/** Who the web server runs as: never root. Root starts it as a user of its own; anybody else, as themselves. */
import { chmodSync, chownSync } from 'node:fs';
import { ensureUser, userIds, webUser } from '../../lab-host/engine/users.ts';
import { CannotRun } from '../cannot-run.ts';
import type { LabHost } from '../host/lab-host.ts';

export interface UserIds {
  uid: number;
  gid: number;
}

/** Undefined: as whoever started this command. */
export async function webServerUser(host: LabHost, runDir: string): Promise<UserIds | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  // The embedded lab host has made the user, and has given it the agent's socket.
  if (host.kind === 'embedded') return userIds(webUser);
  if (process.platform !== 'linux')
    throw new CannotRun(
      'The web server does not run as root.',
      'Start it as yourself, without sudo: a container of your Docker engine needs no root here.',
    );
  await ensureUser(webUser);
  const user = userIds(webUser);
  chmodSync(runDir, 0o755);
  chownSync(host.agentSocket, user.uid, user.gid);
  return user;
}
