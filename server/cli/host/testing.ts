/** For unit tests alone: an engine as most people have it. */
import type { AnsweringEngine } from './container/types.ts';

export const stockEngine: AnsweringEngine = {
  answers: true,
  version: '28.2.2',
  where: 'unix:///var/run/docker.sock',
  system: 'Debian GNU/Linux 13 (trixie)',
  kernel: '6.12.0',
  os: 'linux',
  arch: 'x64',
  cgroup: 'v2',
  product: 'docker',
  desktop: false,
  rootless: false,
  remapped: false,
  remappedIds: undefined,
  apparmor: true,
  selinux: false,
  runtimes: ['runc'],
  memory: 8 * 1024 ** 3,
  cpus: 4,
};
