import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { config, eventually, newId, openHost, TestTerminal } from './lab.ts';
import { ensureLabHost } from '../../server/cli/host/ensure-lab-host.ts';
import { inContainer } from '../../server/lab-host/engine/where.ts';
import { diskBytes } from '../../server/lab-host/labs/disk-kind.ts';
import { withLock } from '../../server/cli/host/lock.ts';
import { labHostPaths } from '../../server/lab-host/paths.ts';

const paths = labHostPaths(config.stateDir, config.runDir, config.agentSocket);

describe('a lab', () => {
  it('has an engine that runs containers, with all the images and no network', async () => {
    await using host = await openHost();
    const id = await host.createLab();
    const { exitCode, output } = await host.client.run(id, {
      script:
        'docker run --rm busybox:1 echo it-runs; docker run --rm --privileged busybox:1 true && echo privileged-too; ip -o link | wc -l; docker image ls -q | sort -u | wc -l',
    });
    expect(output).toContain('it-runs');
    expect(output).toContain('privileged-too');
    // lo and docker0
    expect(output).toMatch(/^2$/m);
    expect(output).toMatch(/^8$/m);
    expect(exitCode).toBe(0);
  });

  it('has no user in common with another lab, and its files are its own', async ({ skip }) => {
    await using host = await openHost();
    const { ownUsers } = await host.client.status();
    skip(
      !ownUsers && inContainer(),
      'the kernel shows no users of its own to a lab in a container',
    );
    expect(ownUsers).toBe(true);
    const looks = [await host.createLab(), await host.createLab()].map(async (id) => {
      const script =
        "awk '{ print $2 }' /proc/self/uid_map; stat -c %u /etc/passwd /var/lib/docker /opt/layers/*; rm /etc/motd; su nobody -s /bin/sh -c 'echo x >/tmp/n; stat -c %U /tmp/n'";
      return (await host.client.run(id, { script })).output.trim().split('\n');
    });
    const [one = [], other = []] = await Promise.all(looks);
    expect(Math.abs(Number(one[0]) - Number(other[0]))).toBeGreaterThanOrEqual(65_536);
    expect(new Set(one.slice(1, -1))).toEqual(new Set(['0']));
    expect(one.at(-1)).toBe('nobody');
  });

  it('writes no more than its disk holds, wherever it writes', async () => {
    await using host = await openHost();
    const { disks } = (await host.client.status()).chosen;
    const id = await host.createLab();
    const { output } = await host.client.run(id, {
      script:
        'head -c 3G /dev/zero > /root/big; ls -l /root/big | cut -d" " -f5; echo x > /var/lib/docker/more || echo full-there-too; rm /root/big; docker run --rm busybox:1 echo goes-on',
    });
    expect(Number(/^(\d{9,})$/m.exec(output)?.[1])).toBeLessThan(diskBytes[disks]);
    expect(output).toContain('No space left on device');
    expect(output).toContain('full-there-too');
    expect(output).toContain('goes-on');
  });

  it('has whatever enters it in its own control groups, where its limits are', async () => {
    await using host = await openHost();
    const id = await host.createLab();
    const script = 'cat /proc/self/cgroup; echo "children: $(cat /proc/$(pgrep -n sleep)/cgroup)"';
    const lands = async (): Promise<void> => {
      await host.client.run(id, { script: 'setsid -f sleep 300 >/dev/null 2>&1' });
      const { output } = await host.client.run(id, { script });
      // A lab sees its own group as the root, what lies outside as /..
      expect(output).toMatch(/^\d+:(\S*,)?(memory)?(,\S*)?:\/$/m);
      expect(output).not.toContain(':/..');
    };
    await lands();
    const viewer = await TestTerminal.open(host.client, id);
    viewer.type('cat /proc/self/cgroup; echo en""d\r');
    await viewer.sees(/^end/m);
    expect(viewer.text).not.toContain(':/..');
    // Also where the runtime would not see to it.
    const before = readFileSync(paths.entryWay, 'utf8');
    try {
      writeFileSync(paths.entryWay, 'joined');
      await lands();
    } finally {
      writeFileSync(paths.entryWay, before);
    }
  });

  it('says in words that it was powered off, and is gone when it is destroyed', async () => {
    await using host = await openHost();
    const id = await host.createLab();
    await host.client.run(id, { script: 'setsid -f sh -c "sleep 0.5; poweroff -f"' });
    const event = await host.until(
      (seen) => seen.type === 'lab' && seen.lab.id === id && seen.lab.state === 'stopped',
    );
    expect(event.type === 'lab' && event.lab.reason).toContain('powered off');
    await expect(host.client.run(id, { script: 'true' })).rejects.toMatchObject({
      code: 'lab_stopped',
    });
    await host.client.destroyLab(id);
    expect(existsSync(join(paths.disks, id))).toBe(false);
    expect(existsSync(join(paths.disks, `${id}.img`))).toBe(false);
    expect((await host.client.list()).map((lab) => lab.id)).not.toContain(id);
  });

  it('sleeps while paused and wakes for a question', async () => {
    await using host = await openHost();
    const id = await host.createLab();
    expect((await host.client.pause(id)).state).toBe('paused');
    const answer = await host.client.ask(id, { kind: 'docker', path: '/_ping' });
    expect(answer.ok).toBe(true);
    expect((await host.client.list()).find((lab) => lab.id === id)?.state).toBe('ready');
  });

  it('is ended when its lease runs out', async () => {
    await using watcher = await openHost();
    const holder = await openHost();
    const id = newId();
    await holder.client.createLab({ id, lease: holder.lease });
    // As a killed command does: its socket goes, nothing is destroyed.
    await holder[Symbol.asyncDispose]();
    expect((await watcher.client.list()).map((lab) => lab.id)).toContain(id);
    await eventually(async () =>
      (await watcher.client.list()).some((lab) => lab.id === id) ? undefined : true,
    );
  });

  it('whose creation is broken off leaves nothing behind', async () => {
    await using host = await openHost();
    const id = newId();
    const abort = new AbortController();
    const creating = host.client.createLab({ id, lease: host.lease }, abort.signal);
    await sleep(250);
    abort.abort();
    await expect(creating).rejects.toThrow();
    await eventually(async () =>
      (await host.client.list()).some((lab) => lab.id === id) ? undefined : true,
    );
    expect(readdirSync(paths.disks)).not.toContain(id);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(id);
  });
});

describe('the agent', () => {
  it('killed with -9 costs no lab', async () => {
    await using host = await openHost();
    const id = await host.createLab();
    await host.client.run(id, { script: 'echo kept > /root/note' });
    const before = (await host.client.status()).pid;
    process.kill(before, 'SIGKILL');
    const again = await withLock(join(config.stateDir, 'lock'), () => ensureLabHost(config));
    again.client.close();
    expect((await host.client.status()).pid).not.toBe(before);
    expect((await host.client.run(id, { script: 'cat /root/note' })).output).toBe('kept\n');
  });

  it('refuses a question that is none', async () => {
    await using host = await openHost();
    const id = await host.createLab();
    await expect(host.client.ask(id, { kind: 'file', path: 'no-slash' })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('answers on a connection that was idle for longer than the client could look', async () => {
    await using host = await openHost();
    await host.client.status();
    // Longer than Node's servers keep an idle connection; a busy thread does not see it end.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6_500);
    await expect(host.client.status()).resolves.toMatchObject({
      kind: inContainer() ? 'container' : 'embedded',
    });
  });
});
