import { describe, expect, it } from 'vitest';
import { findLabCgroups } from './lab-cgroups.ts';

const id = 'a'.repeat(64);
const inner = 'b'.repeat(64);

describe("a lab's own cgroups", () => {
  it('end at its container on v1, wherever its PID 1 has moved', () => {
    const membership = `9:name=systemd:/drydock/${id}/init.scope\n4:memory:/drydock/${id}\n3:cpu,cpuacct:/drydock/${id}/docker/${inner}\n0::/\n`;
    expect(findLabCgroups(membership, undefined, false)).toEqual({
      tree: `/sys/fs/cgroup/systemd:/drydock/${id}`,
      limits: [
        `memory:/sys/fs/cgroup/memory:/drydock/${id}`,
        `cpu:/sys/fs/cgroup/cpu:/drydock/${id}`,
      ],
    });
  });

  it('are one on v2, under whichever driver', () => {
    for (const own of [`/drydock/${id}`, `/drydock.slice/docker-${id}.scope`]) {
      const found = findLabCgroups(`0::${own}/init.scope\n`, undefined, true);
      expect(found).toEqual({ tree: `/sys/fs/cgroup:${own}`, limits: [`:/sys/fs/cgroup:${own}`] });
    }
  });

  it('are those of the named container where the lab host is in one itself', () => {
    const membership = `0::/docker/${inner}/drydock/${id}/init.scope\n`;
    expect(findLabCgroups(membership, id, true).tree).toBe(
      `/sys/fs/cgroup:/docker/${inner}/drydock/${id}`,
    );
  });

  it('are missed where there are none', () => {
    expect(() => findLabCgroups('0::/\n', undefined, true)).toThrow('no cgroup');
  });
});
