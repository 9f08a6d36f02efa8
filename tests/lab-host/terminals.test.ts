import { describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { highWatermarkBytes } from '../../server/protocol/terminal.ts';
import { eventually, openHost, TestTerminal } from './lab.ts';

describe('a terminal', () => {
  it('outlives its viewer, and shows the next one what was there', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const first = await TestTerminal.open(host.client, lab);
    first.type('colour=teal; echo "on the $((6 * 7))nd day"\r');
    await first.sees('on the 42nd day');
    await first.close();
    const second = await TestTerminal.open(host.client, lab);
    await second.sees('on the 42nd day');
    expect(second.messages[0]).toMatchObject({ type: 'replay', resumed: true, role: 'control' });
    expect(second.messages[1]).toEqual({ type: 'live' });
    second.type('echo "it is $colour"\r');
    await second.sees('it is teal');
  });

  it('lets one viewer type and others watch, until one takes over', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const learner = await TestTerminal.open(host.client, lab);
    await learner.sees('root@lab');
    const helper = await TestTerminal.open(host.client, lab);
    await eventually(() => helper.messages.find((message) => message.type === 'live'));
    expect(helper.messages[0]).toMatchObject({ type: 'replay', role: 'watch' });
    helper.type('echo typed-by-""watcher\r');
    learner.type('echo typed-by-""learner\r');
    await helper.sees('typed-by-learner');
    expect(learner.text).not.toContain('typed-by-watcher');
    helper.say({ type: 'take-control' });
    await eventually(() =>
      learner.messages.find((message) => message.type === 'role' && message.role === 'watch'),
    );
    helper.type('echo typed-by-""helper\r');
    await learner.sees('typed-by-helper');
  });

  it('lets the viewer that stays type when the other closes, unless it came to watch', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const first = await TestTerminal.open(host.client, lab);
    await first.sees('root@lab');
    const instructor = await TestTerminal.open(host.client, lab, 1, 'watch');
    const second = await TestTerminal.open(host.client, lab);
    await eventually(() => second.messages.find((message) => message.type === 'live'));
    await first.close();
    await eventually(() =>
      second.messages.find((message) => message.type === 'role' && message.role === 'control'),
    );
    second.type('echo typed-by-""second\r');
    await instructor.sees('typed-by-second');
    expect(instructor.messages.some((message) => message.type === 'role')).toBe(false);
  });

  it('is listed until its shell ends, also while its lab sleeps', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const viewer = await TestTerminal.open(host.client, lab, 2);
    await viewer.sees('root@lab');
    await host.client.startTerminal(lab, 1);
    await host.client.pause(lab);
    expect(await host.client.terminals(lab)).toEqual({ terminals: [1, 2] });
    await host.client.resume(lab);
    viewer.type('exit\r');
    await eventually(() => viewer.messages.find((message) => message.type === 'exit'));
    expect(await host.client.terminals(lab)).toEqual({ terminals: [1] });
  });

  it('waits for a viewer that does not read, and goes on when it does', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const viewer = await TestTerminal.open(host.client, lab);
    await viewer.sees('root@lab');
    viewer.acknowledging = false;
    viewer.type(
      'yes 0123456789012345678901234567890123456789 | head -c 30000000; echo all-""out\r',
    );
    await sleep(3_000);
    const stuckAt = viewer.bytes;
    expect(stuckAt).toBeLessThan(3 * highWatermarkBytes);
    const before = await agentMemory(host.client.status());
    await sleep(2_000);
    expect(viewer.bytes).toBe(stuckAt);
    expect(await agentMemory(host.client.status())).toBeLessThan(before * 1.3);
    viewer.acknowledging = true;
    viewer.say({ type: 'ack', bytes: viewer.bytes });
    await viewer.sees('all-out');
    expect(viewer.bytes).toBeGreaterThan(30_000_000);
  });

  it('ends with all that was started in it', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const viewer = await TestTerminal.open(host.client, lab);
    viewer.type('sleep 4321 & sleep 4322\r');
    const sleepers = async (): Promise<number> =>
      Number(
        (await host.client.run(lab, { script: 'pgrep -fc "^sleep 432" || true' })).output.trim(),
      );
    await eventually(async () => ((await sleepers()) === 2 ? true : undefined));
    viewer.say({ type: 'close' });
    await eventually(() => viewer.messages.find((message) => message.type === 'exit'));
    await eventually(async () => ((await sleepers()) === 0 ? true : undefined));
  });

  it('wakes a paused lab with the first key', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const viewer = await TestTerminal.open(host.client, lab);
    await viewer.sees('root@lab');
    await host.client.pause(lab);
    viewer.type('echo awake-""again\r');
    await viewer.sees('awake-again');
    expect(
      host.events
        .filter((event) => event.type === 'lab')
        .map((event) => event.type === 'lab' && event.lab.state),
    ).toContain('paused');
  });

  it('says when its lab has fallen quiet after input', async () => {
    await using host = await openHost();
    const lab = await host.createLab();
    const viewer = await TestTerminal.open(host.client, lab);
    await viewer.sees('root@lab');
    viewer.type('true\r');
    await host.until((event) => event.type === 'input' && event.id === lab);
    await host.until((event) => event.type === 'quiet' && event.id === lab);
    expect(host.events.some((event) => event.type === 'quiet')).toBe(true);
  });
});

async function agentMemory(status: Promise<{ pid: number }>): Promise<number> {
  const text = readFileSync(`/proc/${String((await status).pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]);
}
