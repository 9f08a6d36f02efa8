/** The Debian packages of the lab host and all that they depend on, as a folder that can be apt's only source. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../lab-host/engine/run-command.ts';
import { CannotRun } from '../cannot-run.ts';
import { neededPackages } from '../host/packages.ts';

const downloadTimeoutMs = 20 * 60_000;

/**
 * All of the closure, down to libc: a fresh machine may have an older point release of what it has, and apt takes only
 * what it lacks.
 */
export async function collectPackages(file: string, signal: AbortSignal): Promise<void> {
  const folder = `${file}.folder`;
  const debs = join(folder, 'debs');
  mkdirSync(join(debs, 'partial'), { recursive: true });
  await download(debs, signal);
  rmSync(join(debs, 'partial'), { recursive: true });
  rmSync(join(debs, 'lock'), { force: true });
  await writeIndex(debs);
  await runCommand('tar', ['-cf', file, '-C', folder, 'debs'], { signal });
  rmSync(folder, { recursive: true });
}

/** From the mirrors that the machine uses, signatures checked by apt; asked as if nothing were installed. */
async function download(debs: string, signal: AbortSignal): Promise<void> {
  const nothingInstalled = `${debs}.status`;
  writeFileSync(nothingInstalled, '');
  const args = [
    ...['install', '-y', '--download-only', '--no-install-recommends'],
    ...['-o', `Dir::State::Status=${nothingInstalled}`, '-o', `Dir::Cache::Archives=${debs}`],
    ...['-o', 'APT::Sandbox::User=root', '-o', 'Debug::NoLocking=true'],
    ...neededPackages,
  ];
  const options = { signal, timeoutMs: downloadTimeoutMs };
  await runCommand('apt-get', args, options).catch(async () => {
    // Lists that are missing or old.
    await runCommand('apt-get', ['update'], options);
    await runCommand('apt-get', args, options).catch((cause: unknown) => {
      throw new CannotRun(
        `The Debian packages could not be fetched:\n${String(cause).split('\n').slice(-8).join('\n')}`,
        'Check that the machine reaches its Debian mirror, then run the command again.',
        cause,
      );
    });
  });
}

/** What `dpkg-scanpackages` would write, which a machine need not have. */
async function writeIndex(debs: string): Promise<void> {
  const entries: string[] = [];
  for (const name of readdirSync(debs).sort()) {
    // apt decodes names once more, so an epoch's %3a would not be found again.
    const plain = name.replaceAll(/%../g, '-');
    renameSync(join(debs, name), join(debs, plain));
    const control = await runCommand('dpkg-deb', ['-f', join(debs, plain)]);
    const content = readFileSync(join(debs, plain));
    const sum = createHash('sha256').update(content).digest('hex');
    entries.push(
      `${control.trim()}\nFilename: ./${plain}\nSize: ${String(content.length)}\nSHA256: ${sum}\n`,
    );
  }
  writeFileSync(join(debs, 'Packages'), `${entries.join('\n')}\n`);
}
