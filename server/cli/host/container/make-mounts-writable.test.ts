import { expect, test } from 'vitest';
import { readOnlyMounts } from './make-mounts-writable.ts';

test('sysfs and cgroups that are read-only are named, by the mount or by the file system', () => {
  const mountinfo = [
    '1 2 0:5 / /proc rw,nosuid - proc proc rw',
    '1 2 0:6 / /sys ro,nosuid - sysfs sysfs ro',
    '1 2 0:7 /x /sys/fs/cgroup/memory ro,nosuid master:9 - cgroup cgroup rw,memory',
    '1 2 0:8 /x /sys/fs/cgroup/cpu rw,nosuid - cgroup cgroup rw,cpu',
    '1 2 0:9 / /opt ro - ext4 /dev/vda ro',
    '1 2 0:9 / /sys/fs/cgroup rw - cgroup2 cgroup ro,nsdelegate',
    '',
  ].join('\n');
  expect(readOnlyMounts(mountinfo).map(({ path }) => path)).toEqual([
    '/sys',
    '/sys/fs/cgroup/memory',
    '/sys/fs/cgroup',
  ]);
});
