/** What doctor says of this machine beyond what is required of it. */
import { existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { imagesReady } from '../../lab-host/images/index.ts';
import { findBundle } from '../bundle/find-bundle.mjs';
import type { Requirement } from '../host/requirements.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const minMemoryBytes = 3 * 1024 ** 3;
const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

export function memory(): Requirement {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return {
    name: 'memory',
    ok: totalmem() >= minMemoryBytes,
    found: `${gib(totalmem())}, ${gib(Number(available ?? 0) * 1024)} of it available; ${gib(minMemoryBytes)} needed`,
    todo: 'Use a machine with more memory.',
  };
}

/** Security modules that are on. They keep nothing from running; where it was not tried, that is said. */
export function confinement(): Requirement[] {
  const apparmor = read('/sys/module/apparmor/parameters/enabled') === 'Y';
  const restricted = read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1';
  const enforcing = read('/sys/fs/selinux/enforce');
  const found = [
    apparmor ? 'AppArmor (labs run unconfined by it)' : '',
    restricted ? 'AppArmor restricts user namespaces of others than root (not tried)' : '',
    enforcing === undefined
      ? ''
      : `SELinux ${enforcing === '1' ? 'enforcing' : 'permissive'} (not tried)`,
  ].filter((words) => words !== '');
  return [
    {
      name: 'security modules',
      ok: true,
      found: found.length === 0 ? 'none' : found.join(', '),
      todo: '',
    },
  ];
}

export async function images(stateDir: string): Promise<Requirement> {
  const ready = await imagesReady(stateDir);
  return {
    name: 'images',
    ok: true,
    found: ready ? 'built' : '`npm start` will build them (about two minutes)',
    todo: '',
  };
}

export function bundle(setting: string | undefined): Requirement {
  const file = findBundle(root, setting);
  const missing = file !== undefined && !existsSync(file);
  return {
    name: 'bundle',
    ok: !missing,
    found:
      file === undefined
        ? 'none; what is missing comes from the network'
        : missing
          ? `${file} is not there`
          : basename(file),
    todo: 'Correct BUNDLE, or leave it empty.',
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
