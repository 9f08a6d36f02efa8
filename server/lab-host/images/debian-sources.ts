import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const fields = ['LABEL', 'COMPONENT', 'REPO_URI'];

/** Lines for sources.list with the Debian mirrors that this machine's apt uses; none if it uses none over http. */
export async function debianSources(suite: string): Promise<string[]> {
  const format = fields.map((field) => `$(${field})`).join(' ');
  const asked = promisify(execFile)('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]);
  // A machine without apt, or whose lists were never read, leaves the choice to mmdebstrap.
  const { stdout } = await asked.catch(() => ({ stdout: '' }));
  return sourceLines(stdout, suite);
}

export function sourceLines(targets: string, suite: string): string[] {
  const main = mirrorOf(targets, 'Debian');
  const security = mirrorOf(targets, 'Debian-Security');
  if (main === undefined) return [];
  return [
    `deb ${main} ${suite} main`,
    `deb ${main} ${suite}-updates main`,
    ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
  ];
}

/** Plain http only: a minimal Debian has no certificates to check https by, and apt checks signatures anyway. */
function mirrorOf(targets: string, label: string): string | undefined {
  const found = targets.split('\n').map((line) => line.split(' '));
  const entry = found.find(
    ([ofLabel, component, uri]) =>
      ofLabel === label && component === 'main' && uri?.startsWith('http://'),
  );
  return entry?.[2];
}
