/** The programs that the embedded lab host needs, and where Debian and Ubuntu have them. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { inUserNamespace } from '../../lab-host/engine/where.ts';
import { osRelease } from '../bundle/find-bundle.mjs';
import { partOfBundle, type BundlePart } from '../bundle/use-bundle.ts';
import { CannotRun } from '../cannot-run.ts';
import { say, step } from '../progress.ts';

const needed: Record<string, string> = {
  dockerd: 'docker.io',
  runc: 'runc',
  newuidmap: 'uidmap',
  iptables: 'iptables',
  mmdebstrap: 'mmdebstrap',
  jq: 'jq',
  mksquashfs: 'squashfs-tools',
  slirp4netns: 'slirp4netns',
  'mkfs.ext4': 'e2fsprogs',
  losetup: 'mount',
  nsenter: 'util-linux',
  ip: 'iproute2',
};
/** Does what a kernel refuses root of a user namespace: mounting a squashfs. */
const neededInUserNamespace: Record<string, string> = { squashfuse_ll: 'squashfuse' };
export const neededPackages = [...new Set(Object.values(needed))];
const programPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function missingPackages(): string[] {
  const here = inUserNamespace() ? { ...needed, ...neededInUserNamespace } : needed;
  return [
    ...new Set(
      Object.entries(here)
        .filter(([program]) => !installed(program))
        .map(([, name]) => name),
    ),
  ];
}

interface PackageOptions {
  stateDir: string;
  bundle?: string | undefined;
  yes?: boolean | undefined;
}

/** Installs what is missing: says what, asks on a terminal, goes ahead without one. */
export async function ensurePackages(options: PackageOptions): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const names = missing.join(' ');
  if (!existsSync('/usr/bin/apt-get')) {
    throw new CannotRun(
      `Programs are missing that Debian has in: ${names}.`,
      'Install them with your package manager.',
    );
  }
  say(`The lab host needs Debian packages that are not installed: ${names}`);
  if (missing.includes('docker.io'))
    say("Docker's own service will not be started; Drydock runs its engine by itself.");
  if (process.stdin.isTTY && options.yes !== true && !(await agreed())) {
    throw new CannotRun(
      'Nothing was installed.',
      `Run \`apt-get install --no-install-recommends ${names}\` yourself, then start again.`,
    );
  }
  const here = { arch: process.arch, debian: osRelease() };
  const bundled = await partOfBundle(options.bundle, 'packages', here);
  await step('Debian packages', async (tell) => {
    if (bundled) await installFromBundle(bundled, { ...options, missing, tell });
    else await installFromMirror(missing, tell);
  });
  const still = missingPackages();
  if (still.length > 0)
    throw new CannotRun(
      `After the installation these are still missing: ${still.join(' ')}.`,
      'Look at the output of apt-get above.',
    );
}

async function installFromMirror(missing: string[], tell: (text: string) => void): Promise<void> {
  const todo =
    'Check that the machine reaches its Debian mirror (`apt-get update`), or bring a bundle (`npm run bundle`), then start again.';
  await aptGet(['update'], { tell, todo }).catch(() => undefined);
  await withoutServices(() => aptGet([...install, ...missing], { tell, todo }));
}

const install = ['install', '-y', '--no-install-recommends'];

/** The folder is apt's only source, with lists and cache of its own: the machine's are neither read nor changed. */
async function installFromBundle(
  bundled: BundlePart,
  options: { stateDir: string; missing: string[]; tell: (text: string) => void },
): Promise<void> {
  const { missing, tell } = options;
  const folder = join(options.stateDir, 'packages.partial');
  const todo =
    'What the machine has installed does not go with the packages of the bundle: install them yourself, or start with a network and without the bundle.';
  try {
    await bundled.unpack(folder, { tell });
    const own = aptOptions(folder);
    await aptGet([...own, 'update'], { tell, todo });
    await withoutServices(() => aptGet([...own, ...install, ...missing], { tell, todo }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function aptOptions(folder: string): string[] {
  const path = (name: string): string => join(folder, name);
  for (const name of ['lists', 'cache/archives']) {
    mkdirSync(path(`${name}/partial`), { recursive: true });
  }
  // Trusted: the bundle's checksum covers it, and apt had checked the signatures when the bundle was made.
  writeFileSync(path('sources.list'), `deb [trusted=yes] file:${path('debs')} ./\n`);
  return [
    ...['-o', `Dir::Etc::SourceList=${path('sources.list')}`, '-o', 'Dir::Etc::SourceParts=-'],
    ...['-o', `Dir::State::Lists=${path('lists')}`, '-o', `Dir::Cache=${path('cache')}`],
    ...['-o', 'APT::Sandbox::User=root'],
  ];
}

function installed(program: string): boolean {
  return programPath.split(':').some((dir) => {
    try {
      accessSync(`${dir}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function agreed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Install them now? [Y/n] ');
  lines.close();
  return !/^n/i.test(answer.trim());
}

async function aptGet(
  args: string[],
  { tell, todo }: { tell: (text: string) => void; todo: string },
): Promise<void> {
  const child = spawn('apt-get', ['-o', 'Dpkg::Use-Pty=0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const lines: string[] = [];
  const listen = (text: string): void => {
    for (const line of text.split('\n').filter((part) => part.trim() !== '')) {
      lines.push(line);
      if (/^(Get|Unpacking|Setting up)/.test(line)) tell(line);
    }
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  await once(child, 'close');
  if (child.exitCode !== 0) {
    const verb = args.find((arg) => /^[a-z]+$/.test(arg)) ?? '';
    throw new CannotRun(`apt-get ${verb} failed:\n${lines.slice(-12).join('\n')}`, todo);
  }
}

/** Debian asks this file before it starts a service that was just installed. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  const engineBefore = installed('dockerd');
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
  if (!engineBefore && existsSync('/run/systemd/system')) {
    await once(
      spawn('systemctl', [
        'disable',
        '--quiet',
        'docker.service',
        'docker.socket',
        'containerd.service',
      ]),
      'close',
    );
  }
}
