import { expect, test } from 'vitest';
import { readProbe } from './probe-engine.ts';

const info = {
  ServerVersion: '27.5.1',
  OperatingSystem: 'Debian GNU/Linux 13 (trixie)',
  OSType: 'linux',
  Architecture: 'x86_64',
  KernelVersion: '6.12.0',
  CgroupVersion: '2',
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
  Runtimes: { runc: {}, 'io.containerd.runc.v2': {} },
  DockerRootDir: '/var/lib/docker',
  MemTotal: 8_000_000_000,
  NCPU: 4,
};
const version = { Server: { Components: [{ Name: 'Engine' }] } };

function probe(
  changes: object = {},
  more: { version?: object; where?: string; subordinateIds?: string } = {},
): ReturnType<typeof readProbe> {
  return readProbe({
    info: JSON.stringify({ ...info, ...changes }),
    version: JSON.stringify(more.version ?? version),
    where: more.where ?? 'unix:///var/run/docker.sock',
    subordinateIds: more.subordinateIds ?? '',
  });
}

test('a stock engine is what it says it is', () => {
  expect(probe()).toEqual({
    answers: true,
    version: '27.5.1',
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
    runtimes: ['runc', 'io.containerd.runc.v2'],
    memory: 8_000_000_000,
    cpus: 4,
  });
});

test('a remapped engine has as many ids as whom its first belongs to', () => {
  const changes = {
    SecurityOptions: ['name=userns'],
    DockerRootDir: '/var/lib/docker/2000000000.2000000000',
  };
  const subordinateIds = 'dockremap:2000000000:4000000\nsomebody:100000:65536\ndockremap:10:1000\n';
  expect(probe(changes, { subordinateIds })).toMatchObject({
    remapped: true,
    remappedIds: 4_001_000,
  });
  expect(probe(changes)).toMatchObject({ remapped: true, remappedIds: undefined });
});

test('Docker Desktop, rootless engines, Podman and SELinux are told apart', () => {
  expect(probe({ OperatingSystem: 'Docker Desktop', Architecture: 'aarch64' })).toMatchObject({
    desktop: true,
    arch: 'arm64',
  });
  expect(probe({ SecurityOptions: ['name=rootless', 'name=selinux'] })).toMatchObject({
    rootless: true,
    selinux: true,
    apparmor: false,
  });
  expect(
    probe(
      { SecurityOptions: null, Runtimes: null },
      { version: { Server: { Components: [{ Name: 'Podman Engine' }] } } },
    ),
  ).toMatchObject({ product: 'podman', runtimes: [] });
});

test('an engine that does not answer is a reason, and so is one that answers as no Docker does', () => {
  const silent = { ServerVersion: undefined, ServerErrors: ['Cannot connect to\nthe daemon.'] };
  expect(probe(silent)).toEqual({ answers: false, reason: 'Cannot connect to the daemon.' });
  expect(probe({ MemTotal: 'much' })).toEqual({
    answers: false,
    reason: 'it does not answer as Docker does',
  });
});
