import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LabHandles, Verifier } from './index.ts';
import { processLab } from './testing/fake-lab.ts';
import { bodyOf, reasonOf, testVerifier } from './testing/with-verifier.ts';

const told = z.object({
  processes: z.array(
    z.object({ pid: z.number(), name: z.string(), args: z.array(z.string()), cgroup: z.string() }),
  ),
});

describe.skipIf(process.getuid?.() !== 0)("a lab's processes", () => {
  let verifier: Verifier;
  beforeAll(() => {
    verifier = testVerifier();
  });
  afterAll(() => {
    verifier[Symbol.dispose]();
  });

  async function list(handles: LabHandles) {
    return told.parse(JSON.parse(bodyOf(await verifier.ask(handles, { kind: 'processes' }))))
      .processes;
  }

  it('are told as the lab numbers them', async () => {
    await using lab = await processLab();
    expect(await list(lab.handles)).toEqual([
      { pid: 1, name: 'sleep', args: ['sleep', '1000'], cgroup: '/' },
    ]);
  });

  it('do not include one of another pid namespace that is in their cgroup', async () => {
    await using lab = await processLab();
    await using other = await processLab();
    const stranger = spawn('sleep', ['100']);
    for (const pid of [stranger.pid, other.initPid]) {
      writeFileSync(`${lab.handles.cgroups.tree.replace(':', '')}/cgroup.procs`, String(pid));
    }
    expect(await list(lab.handles)).toHaveLength(1);
    expect(
      reasonOf(await verifier.ask(lab.handles, { kind: 'cgroup', pid: stranger.pid ?? 0 })),
    ).toBe('absent');
    stranger.kill();
    await once(stranger, 'exit');
  });

  it('may call themselves anything', async () => {
    await using lab = await processLab();
    const name = String.raw`printf 'x\nPid:\t7\n(\")\377' > /proc/self/comm; sleep 100`;
    const child = lab.run(name);
    await expect.poll(async () => (await list(lab.handles)).length).toBe(3);
    const names = (await list(lab.handles)).map((process) => process.name);
    expect(names).toContain('x\nPid:\t7\n(\\")\ufffd');
    child.kill();
  });

  it("lend their root and network to a question, by the lab's number", async () => {
    await using lab = await processLab();
    const hostname = readFileSync('/etc/hostname', 'utf8');
    const body = bodyOf(
      await verifier.ask(lab.handles, { kind: 'file', path: '/etc/hostname', pid: 1 }),
    );
    expect(body.endsWith(`\n${hostname}`)).toBe(true);
    expect(
      reasonOf(await verifier.ask(lab.handles, { kind: 'file', path: '/etc/hostname', pid: 99 })),
    ).toBe('absent');
    expect(bodyOf(await verifier.ask(lab.handles, { kind: 'ports', pid: 1 }))).toBe('{"ports":[]}');
  });
});
