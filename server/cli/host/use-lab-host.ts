/**
 * The lab host for the time of one command. It is brought up if it is not there, and taken down again by the last
 * command that uses it, unless `npm start` wants it to stay.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type Config } from '../../config.ts';
import type { AgentClient } from '../../agent-client/index.ts';
import { say } from '../progress.ts';
import { bringUpLabHost, takeDownLabHost } from './bring-up.ts';
import type { LabHost } from './lab-host.ts';
import { withLock } from './lock.ts';
import { othersUseIt, register, unregister } from './users.ts';

export interface UsedLabHost {
  client: AgentClient;
  config: Config;
  host: LabHost;
  /** Labs made under it are removed when this process ends, however it ends. */
  lease: string;
  /** Aborts at Ctrl-C and SIGTERM. */
  signal: AbortSignal;
}

export async function useLabHost<T>(
  use: (host: UsedLabHost) => Promise<T>,
  options: { overcommit?: number } = {},
): Promise<T> {
  const config = loadConfig();
  const lock = join(config.stateDir, 'lock');
  const stop = new AbortController();
  const interrupt = (): void => {
    say('Ending …');
    stop.abort(new Error('interrupted'));
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);

  const host = await withLock(lock, async () => {
    const host = await bringUpLabHost(config, options);
    if (host.startedHere) writeFileSync(temporaryMark(config.runDir), '');
    register(config.runDir);
    return host;
  });
  const { client } = host;
  const lease = `cli-${String(process.pid)}`;
  const events = client.events({ lease, signal: stop.signal, onEvent: () => undefined });
  try {
    await events.opened;
    return await use({ client, config, host, lease, signal: stop.signal });
  } finally {
    const labs = await client.list().catch(() => []);
    await Promise.all(
      labs
        .filter((lab) => lab.lease === lease)
        .map((lab) => client.destroyLab(lab.id).catch(() => undefined)),
    );
    stop.abort();
    client.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await withLock(lock, async () => {
      unregister(config.runDir);
      if (existsSync(temporaryMark(config.runDir))) await releaseLabHost(config);
    });
  }
}

/** `npm start` lets the lab host stay. */
export function keepLabHost(runDir: string): void {
  rmSync(temporaryMark(runDir), { force: true });
}

/** Takes it down, or leaves that to the last command that still uses it. Answers whether it is down. */
export async function releaseLabHost(config: Config): Promise<boolean> {
  if (othersUseIt(config.runDir)) {
    writeFileSync(temporaryMark(config.runDir), '');
    return false;
  }
  await takeDownLabHost(config);
  return true;
}

function temporaryMark(runDir: string): string {
  return join(runDir, 'temporary');
}
