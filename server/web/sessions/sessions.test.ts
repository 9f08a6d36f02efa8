import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { fakeLab } from '../../agent-client/testing/fake-agent.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';

const minuteMs = 60_000;
const fullMessage = 'The machine cannot carry another lab: it is short of memory.';

describe('a new lab', () => {
  it('is created, broken and ready', async () => {
    await using web = await startFixture();
    const lab = await web.services.sessions.create('local', scenario);
    expect(lab.phase).toBe('creating');
    const ready = await phase(web, lab.id, 'ready');
    expect(web.agent.scripts).toHaveLength(1);
    expect(web.agent.scripts[0]?.lab).toBe(ready.agentId);
    expect(ready.agentId).not.toBe(lab.id);
    expect(phasesSeen(web, lab.id)).toEqual(['creating', 'breaking', 'ready']);
  });

  it('is replaced once when it fails', async () => {
    await using web = await startFixture();
    web.agent.failNext('create', 'engine_timeout');
    const { id } = await web.services.sessions.create('local', scenario);
    await phase(web, id, 'ready');
    expect(creations(web)).toBe(2);
  });

  it('is reported when it fails twice, and leaves nothing behind', async () => {
    await using web = await startFixture();
    web.agent.scriptResult = { exitCode: 1, timedOut: false, output: 'the cause' };
    const { id } = await web.services.sessions.create('local', scenario);
    const failed = await phase(web, id, 'failed');
    expect(failed.reason).toContain('could not be set up');
    expect(failed.reason).not.toContain('the cause');
    expect(creations(web)).toBe(2);
    expect(web.agent.labs.size).toBe(0);
  });

  it('can be ended while it is being made', async () => {
    await using web = await startFixture();
    const gate = Promise.withResolvers<void>();
    web.agent.gate.creating = gate.promise;
    const { id } = await web.services.sessions.create('local', scenario);
    await vi.waitFor(() => expect(creations(web)).toBe(1));
    await web.services.sessions.destroy(id);
    gate.resolve();
    expect(web.services.sessions.book.all()).toEqual([]);
    await vi.waitFor(async () => {
      await web.services.sessions.adopt();
      expect(web.agent.labs.size).toBe(0);
    });
  });
});

describe('limits', () => {
  it('are per learner', async () => {
    await using web = await startFixture();
    const { sessions } = web.services;
    await Promise.all([sessions.create('a', scenario), sessions.create('a', scenario)]);
    await expect(sessions.create('a', scenario)).rejects.toMatchObject({ code: 'too_many_labs' });
    await expect(sessions.create('b', scenario)).resolves.toMatchObject({ phase: 'creating' });
  });

  it('hold for one learner who asks at once', async () => {
    await using web = await startFixture();
    const labs = await Promise.allSettled(
      [1, 2, 3].map(() => web.services.sessions.create('a', scenario)),
    );
    expect(labs.map((lab) => lab.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('hold for requests that come at once', async () => {
    await using web = await startFixture({ env: { MAX_LABS: '2' } });
    const labs = await Promise.all(
      ['a', 'b', 'c'].map((owner) => web.services.sessions.create(owner, scenario)),
    );
    expect(labs.map((lab) => lab.phase).sort()).toEqual(['creating', 'creating', 'queued']);
  });

  it('are the lab host’s own when it is full and nobody would leave', async () => {
    await using web = await startFixture();
    web.agent.free = 0;
    const creating = web.services.sessions.create('a', scenario);
    await expect(creating).rejects.toMatchObject({ code: 'lab_host_full', message: fullMessage });
    expect(web.services.sessions.book.all()).toEqual([]);
  });
});

describe('the queue', () => {
  it('says position and estimate, and is served in order', async () => {
    await using web = await startFixture({ env: { MAX_LABS: '1' } });
    const { sessions } = web.services;
    const first = await sessions.create('a', scenario);
    await phase(web, first.id, 'ready');
    const second = await sessions.create('b', scenario);
    web.clock.now += 1000;
    const third = await sessions.create('c', scenario);
    const view = sessions.viewOf(third);
    expect(view).toMatchObject({ state: 'queued', position: 2 });
    expect(view.etaSeconds).toBeGreaterThan(100 * 60);
    await sessions.destroy(first.id);
    await phase(web, second.id, 'ready');
    expect(sessions.viewOf(third)).toMatchObject({ position: 1 });
    await sessions.destroy(second.id);
    await phase(web, third.id, 'ready');
  });

  it('keeps the place of one whom the lab host turned away', async () => {
    await using web = await startFixture();
    const { sessions } = web.services;
    const first = await sessions.create('a', scenario);
    await phase(web, first.id, 'ready');
    web.agent.failNext('create', 'lab_host_full');
    const second = await sessions.create('b', scenario);
    await phase(web, second.id, 'queued');
    await sessions.destroy(first.id);
    await phase(web, second.id, 'ready');
  });
});

describe('time', () => {
  it('warns, then ends a lab', async () => {
    await using web = await startFixture();
    const { id, expiresAt } = await ready(web);
    web.clock.now = expiresAt - 3 * minuteMs;
    web.services.sessions.beat();
    expect(web.events.at(-1)).toMatchObject({
      type: 'message',
      level: 'warning',
      text: 'This lab ends in 3 minutes; extend it to keep it.',
    });
    const { length } = web.events;
    web.services.sessions.beat();
    expect(web.events).toHaveLength(length);
    web.clock.now = expiresAt;
    web.services.sessions.beat();
    expect(await phase(web, id, 'expired')).toMatchObject({ agentId: null });
    await vi.waitFor(() => expect(web.agent.labs.size).toBe(0));
  });

  it('is extended to the maximum and no further', async () => {
    await using web = await startFixture({ env: { LAB_MINUTES: '60', LAB_MAX_MINUTES: '90' } });
    const { id, expiresAt } = await ready(web);
    const { sessions } = web.services;
    expect(sessions.extend(id).expiresAt).toBe(expiresAt + 30 * minuteMs);
    expect(() => sessions.extend(id)).toThrow(
      expect.objectContaining({ code: 'extend_exhausted' }),
    );
  });

  it('pauses an idle lab, and a key wakes it', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    web.clock.now += 5 * minuteMs;
    web.services.sessions.beat();
    await phase(web, id, 'paused');
    web.services.sessions.active(id);
    await phase(web, id, 'ready');
    web.services.sessions.beat();
    expect(web.services.sessions.book.get(id)?.phase).toBe('ready');
  });

  it('does not pause a lab that somebody looks at', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    web.services.sessions.notes.of(id).viewers = 1;
    web.clock.now += 60 * minuteMs - 1;
    web.services.sessions.beat();
    await sleep(50);
    expect(web.agent.calls.filter((call) => call.endsWith('/pause'))).toEqual([]);
  });
});

describe('reset', () => {
  it('keeps the id and brings another lab of the same seed', async () => {
    await using web = await startFixture();
    const before = await ready(web);
    await web.services.verdicts.check(before.id);
    expect(web.services.sessions.book.get(before.id)?.verdict).not.toBeNull();
    web.clock.now += 10 * minuteMs;
    await web.services.sessions.reset(before.id);
    const after = await phase(web, before.id, 'ready');
    expect(after.agentId).not.toBe(before.agentId);
    expect(after).toMatchObject({
      seed: before.seed,
      verdict: null,
      expiresAt: before.expiresAt + 10 * minuteMs,
    });
    expect([...web.agent.labs.keys()]).toEqual([after.agentId]);
  });

  it('takes no time away that the lab was extended by', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    const { expiresAt } = web.services.sessions.extend(id);
    await web.services.sessions.reset(id);
    expect(await phase(web, id, 'ready')).toMatchObject({ expiresAt });
  });

  it('brings a stopped lab back', async () => {
    await using web = await startFixture();
    await started(web);
    const { id, agentId } = await ready(web);
    const status = {
      ...fakeLab(agentId ?? ''),
      state: 'stopped' as const,
      reason: 'It was powered off.',
    };
    web.agent.emit({ type: 'lab', lab: status });
    expect(await phase(web, id, 'stopped')).toMatchObject({
      reason: 'It was powered off.',
      agentId: null,
    });
    await web.services.sessions.reset(id);
    await phase(web, id, 'ready');
  });
});

describe('a restart of the server', () => {
  it('keeps labs with all they had', async () => {
    const first = await startFixture();
    const { id, agentId } = await ready(first);
    first.services.sessions.book.update(id, { tries: 3, hints: [{ number: 1, text: 'Look.' }] });
    await using second = await first.restart();
    await started(second);
    expect(second.services.sessions.book.get(id)).toMatchObject({
      agentId,
      tries: 3,
      phase: 'ready',
      hints: [{ number: 1 }],
    });
    expect(second.agent.labs.size).toBe(1);
  });

  it('ends labs that nobody knows, and those of other leases never', async () => {
    await using web = await startFixture();
    web.agent.labs.set('unknownaaaaa', fakeLab('unknownaaaaa'));
    web.agent.labs.set('clilabaaaaaa', fakeLab('clilabaaaaaa', { lease: 'cli-1' }));
    await started(web);
    await vi.waitFor(() => expect([...web.agent.labs.keys()]).toEqual(['clilabaaaaaa']));
  });

  it('marks labs that are gone, with a reason', async () => {
    const first = await startFixture();
    const { id } = await ready(first);
    first.agent.labs.clear();
    await using second = await first.restart();
    await started(second);
    expect((await phase(second, id, 'stopped')).reason).toContain('lost this lab');
  });

  it('begins anew with a lab that was being made', async () => {
    const first = await startFixture();
    first.agent.gate.creating = new Promise(() => undefined);
    const { id } = await first.services.sessions.create('local', scenario);
    await vi.waitFor(() => expect(creations(first)).toBe(1));
    first.agent.gate.creating = Promise.resolve();
    await using second = await first.restart();
    await started(second);
    await phase(second, id, 'ready');
    expect(second.agent.labs.size).toBe(1);
  });
});

describe('the pool', () => {
  it('gives a blank lab, which only has to be broken, and refills', async () => {
    await using web = await startFixture({ env: { POOL_BLANK: '1' } });
    await filled(web);
    const [blank] = web.agent.labs.keys();
    const { agentId } = await ready(web);
    expect(agentId).toBe(blank);
    await vi.waitFor(() => expect(web.services.sessions.poolState().ready).toBe(1));
  });

  it('gives a lab that is broken already, at once', async () => {
    await using web = await startFixture({ env: { POOL_BROKEN: '1' } });
    web.services.sessions.pageOpened('local', scenario);
    await vi.waitFor(() => expect(web.services.sessions.poolState().ready).toBe(1));
    const lab = await web.services.sessions.create('local', scenario);
    expect(lab.phase).toBe('ready');
    expect(web.agent.scripts).toHaveLength(1);
  });

  it('breaks the next of the chapter ahead', async () => {
    const scenarios = ['networking/a', 'networking/b'];
    await using web = await startFixture({ env: { POOL_BROKEN: '1' }, scenarios });
    const { id } = await web.services.sessions.create('local', 'networking/a');
    await phase(web, id, 'ready');
    web.services.sessions.beat();
    await vi.waitFor(() => expect(web.services.sessions.poolState().ready).toBe(1));
    expect((await web.services.sessions.create('local', 'networking/b')).phase).toBe('ready');
  });

  it('never takes more than the lab host has', async () => {
    await using web = await startFixture({ env: { POOL_BLANK: '3' } });
    web.agent.free = 2;
    await filled(web);
    expect(web.agent.labs.size).toBe(2);
  });

  it('gives up its room for a learner', async () => {
    await using web = await startFixture({
      env: { POOL_BROKEN: '1', MAX_LABS: '1' },
      scenarios: ['images/a', 'networking/b'],
    });
    web.services.sessions.pageOpened('local', 'images/a');
    await vi.waitFor(() => expect(web.services.sessions.poolState().ready).toBe(1));
    const { id } = await web.services.sessions.create('local', 'networking/b');
    await phase(web, id, 'ready');
    expect(web.agent.labs.size).toBe(1);
  });

  it('is adopted after a restart', async () => {
    const first = await startFixture({ env: { POOL_BLANK: '1' } });
    await filled(first);
    const [blank] = first.agent.labs.keys();
    await using second = await first.restart();
    await started(second);
    expect(second.services.sessions.poolState().ready).toBe(1);
    expect([...second.agent.labs.keys()]).toEqual([blank]);
  });
});

async function ready(web: Fixture) {
  const { id } = await web.services.sessions.create('local', scenario);
  return phase(web, id, 'ready');
}

async function started(web: Fixture): Promise<void> {
  web.services.sessions.start();
  await vi.waitFor(() => expect(web.agent.leases()).toContain('web'));
  await web.services.sessions.adopt();
}

async function filled(web: Fixture): Promise<void> {
  web.services.sessions.beat();
  await web.services.sessions.poolSettled();
}

function phase(web: Fixture, id: string, wanted: string) {
  return vi.waitFor(() => {
    const lab = web.services.sessions.book.get(id);
    if (lab?.phase !== wanted) throw new Error(`the lab is ${lab?.phase}: ${lab?.reason}`);
    return lab;
  });
}

function creations(web: Fixture): number {
  return web.agent.calls.filter((call) => call === 'POST /labs').length;
}

function phasesSeen(web: Fixture, id: string): string[] {
  return web.events.flatMap((event) =>
    event.type === 'lab' && event.lab.id === id ? [event.lab.state] : [],
  );
}
