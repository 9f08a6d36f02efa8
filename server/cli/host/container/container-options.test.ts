import { expect, test } from 'vitest';
import { stockEngine } from '../testing.ts';
import { createArguments } from './container-options.ts';
import { containerName } from './container.ts';
import type { Privilege } from './privilege.ts';
import type { AnsweringEngine } from './types.ts';

function command(privilege: Privilege, changes: Partial<AnsweringEngine> = {}): string {
  return createArguments({
    name: 'lab-host',
    image: 'drydock/lab-host:1',
    engine: { ...stockEngine, ...changes },
    privilege,
    args: ['--overcommit', '1'],
  }).join(' ');
}

const privileges: Privilege[] = [
  { kind: 'remapped' },
  { kind: 'privileged', ownUsers: false },
  { kind: 'privileged', ownUsers: true },
  { kind: 'capabilities', capabilities: ['CHOWN', 'SYS_ADMIN'], ownUsers: false },
];

test.each(privileges)('no port is published and no engine socket is shared: %o', (privilege) => {
  const line = command(privilege);
  expect(line).not.toMatch(/--publish|--network host|docker\.sock|--pid host/);
  expect(line).toContain('--cgroupns private');
  expect(line).toContain('--volume lab-host:/var/lib/drydock');
});

test('where the engine maps its users the container has no privilege and no device but two', () => {
  const line = command({ kind: 'remapped' });
  expect(line).not.toMatch(/--privileged|--userns|seccomp=unconfined|\/dev:\/dev/);
  expect(line).toMatch(/--runtime lab .*--volume \/dev\/fuse:\/dev\/fuse/);
});

test('a privileged container leaves a mapping that is too narrow, and only then', () => {
  expect(command({ kind: 'privileged', ownUsers: true })).toContain('--userns host --privileged');
  expect(command({ kind: 'privileged', ownUsers: false })).not.toContain('--userns');
});

test('where a privileged container is refused it has what can be had, by name', () => {
  const line = command({ kind: 'capabilities', capabilities: ['CHOWN', 'KILL'], ownUsers: false });
  expect(line).toContain('--cap-drop ALL --cap-add CHOWN --cap-add KILL --security-opt');
  expect(line).not.toContain('--privileged');
});

test('SELinux is asked to let it be where there is one', () => {
  expect(command({ kind: 'remapped' }, { selinux: true })).toContain('label=disable');
  expect(command({ kind: 'remapped' })).not.toContain('label=disable');
});

test('each run directory has a container of its own', () => {
  expect(containerName('/run/drydock')).toBe('drydock-lab-host');
  expect(containerName('/run/user/1000/drydock')).toMatch(/^drydock-lab-host-[0-9a-f]{8}$/);
  expect(containerName('/run/user/1000/drydock')).not.toBe(containerName('/run/user/1001/drydock'));
});
