/** What `--privileged` does by itself, for a container that has its rights but not its name: /sys and the cgroups, writable. */
import { readFileSync } from 'node:fs';
import { runCommand } from '../../../lab-host/engine/run-command.ts';

/** Where that is refused they stay as they are, and what needs them says so. */
export async function makeMountsWritable(): Promise<void> {
  for (const path of readOnlyMounts(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    await runCommand('mount', ['-o', 'remount,rw,bind', path]).catch(() =>
      runCommand('mount', ['-o', 'remount,rw', path]).catch(() => ''),
    );
  }
}

/** Of sysfs and cgroup file systems; the file system or the mount alone may be what is read-only. */
export function readOnlyMounts(mountinfo: string): string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , , path = '', options = ''] = before.split(' ');
    const [type = '', , superOptions = ''] = after.split(' ');
    const readOnly = [options, superOptions].some((list) => list.split(',').includes('ro'));
    return ['sysfs', 'cgroup', 'cgroup2'].includes(type) && readOnly ? [path] : [];
  });
}
