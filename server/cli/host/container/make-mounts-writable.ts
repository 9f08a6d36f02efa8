/** What `--privileged` does by itself, for a container that has its rights but not its name: /sys and the cgroups, writable. */
import { readFileSync } from 'node:fs';
import { runCommand } from '../../../lab-host/engine/run-command.ts';

/** Where that is refused they stay as they are, and what needs them says so. */
export async function makeMountsWritable(): Promise<void> {
  for (const { path, type } of readOnlyMounts(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    const ways = ['remount,rw', 'remount,rw,bind'];
    // The whole sysfs: as long as it is read-only in itself, the kernel lets labs mount none that is not. Of a cgroup
    // hierarchy, which is the machine's, this mount alone.
    for (const way of type === 'sysfs' ? ways : ways.reverse()) {
      const done = await runCommand('mount', ['-o', way, path]).then(
        () => true,
        () => false,
      );
      if (done) break;
    }
  }
}

/** Of sysfs and cgroup file systems; the file system or the mount alone may be what is read-only. */
export function readOnlyMounts(mountinfo: string): { path: string; type: string }[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , , path = '', options = ''] = before.split(' ');
    const [type = '', , superOptions = ''] = after.split(' ');
    const readOnly = [options, superOptions].some((list) => list.split(',').includes('ro'));
    return ['sysfs', 'cgroup', 'cgroup2'].includes(type) && readOnly ? [{ path, type }] : [];
  });
}
