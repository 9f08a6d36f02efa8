/** The programs that the embedded lab host needs, and where Debian and Ubuntu have them. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
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
const programPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function missingPackages(): string[] {
  return [
    ...new Set(
      Object.entries(needed)
        .filter(([program]) => !installed(program))
        .map(([, name]) => name),
    ),
  ];
}

/** Installs what is missing: says what, asks on a terminal, goes ahead without one. */
export async function ensurePackages(options: { yes?: boolean | undefined }): Promise<void> {
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
  await step('Debian packages', async (tell) => {
    await aptGet(['update'], tell).catch(() => undefined);
    await withoutServices(() =>
      aptGet(['install', '-y', '--no-install-recommends', ...missing], tell),
    );
  });
  const still = missingPackages();
  if (still.length > 0)
    throw new CannotRun(
      `After the installation these are still missing: ${still.join(' ')}.`,
      'Look at the output of apt-get above.',
    );
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

async function aptGet(args: string[], tell: (text: string) => void): Promise<void> {
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
    throw new CannotRun(
      `apt-get ${args[0] ?? ''} failed:\n${lines.slice(-12).join('\n')}`,
      'Check that the machine reaches its Debian mirror (`apt-get update`), then start again.',
    );
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
