import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../protocol/verdict.ts';
import { fakeLab } from '../../agent-client/testing/fake-agent.ts';
import { goodScenario } from '../../catalog/testing.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';

const noHold = {
  [`${scenario}/lab.ts`]: (goodScenario['lab.ts'] ?? '').replace("{ container: 'web' }", "'none'"),
};

describe('a live verdict', () => {
  it('comes when the lab is looked at, and when its engine reports something', async () => {
    await using web = await startFixture();
    const { id, agentId } = await ready(web);
    web.services.verdicts.use(id, { watched: true });
    await vi.waitFor(() => expect(verdicts(web)).toHaveLength(1));
    expect(verdicts(web)[0]).toMatchObject({ solved: false, held: null });
    await followed(web, agentId);
    web.red.add('data');
    web.agent.engineEvent(agentId);
    await vi.waitFor(() => expect(verdicts(web)).toHaveLength(2));
  });

  it('is published only when it says something new', async () => {
    await using web = await startFixture();
    const { id, agentId } = await ready(web);
    web.services.verdicts.use(id, { watched: true });
    await followed(web, agentId);
    const { checks } = web.judged;
    web.agent.engineEvent(agentId);
    await vi.waitFor(() => expect(web.judged.checks).toBeGreaterThan(checks));
    await sleep(20);
    expect(verdicts(web)).toHaveLength(1);
  });

  it('comes when a terminal falls quiet, but not for a lab that nobody uses', async () => {
    await using web = await startFixture();
    web.services.sessions.start();
    await vi.waitFor(() => expect(web.agent.leases()).toContain('web'));
    const { id, agentId } = await ready(web);
    web.agent.emit({ type: 'quiet', id: agentId });
    await sleep(50);
    expect(web.judged.checks).toBe(0);
    web.services.verdicts.use(id, { watched: false });
    await vi.waitFor(() => expect(web.judged.checks).toBeGreaterThan(0));
    const { checks } = web.judged;
    await sleep(300);
    web.agent.emit({ type: 'quiet', id: agentId });
    await vi.waitFor(() => expect(web.judged.checks).toBeGreaterThan(checks));
  });

  it('is not given of a machine that is going down', async () => {
    await using web = await startFixture();
    web.services.sessions.start();
    await vi.waitFor(() => expect(web.agent.leases()).toContain('web'));
    const { id, agentId } = await ready(web);
    web.services.verdicts.use(id, { watched: true });
    await followed(web, agentId);
    const { checks } = web.judged;
    web.silent.add('answers');
    web.red.add('data');
    web.agent.engineEvent(agentId);
    await vi.waitFor(() => expect(web.judged.checks).toBeGreaterThan(checks));
    web.agent.emit({ type: 'lab', lab: { ...fakeLab(agentId), state: 'stopped' } });
    await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('stopped'));
    await sleep(5500);
    expect(verdicts(web)).toHaveLength(1);
  });

  it('is given of an engine that stays away', async () => {
    await using web = await startFixture();
    const { id, agentId } = await ready(web);
    web.services.verdicts.use(id, { watched: true });
    await followed(web, agentId);
    web.silent.add('answers');
    web.agent.engineEvent(agentId);
    await vi.waitFor(() => expect(verdicts(web).at(-1)?.checks[0]?.status).toBe('unknown'), 9000);
  });

  it('solves a scenario without a hold as soon as all is green', async () => {
    await using web = await startFixture({ files: noHold });
    const { id } = await ready(web);
    web.red.clear();
    web.services.verdicts.use(id, { watched: true });
    await vi.waitFor(() =>
      expect(verdicts(web).at(-1)).toMatchObject({ solved: true, held: null }),
    );
    expect(restarts(web)).toBe(0);
    expect(web.services.store.progress.of('local')).toMatchObject([
      { scenario, solvedAt: web.clock.now },
    ]);
  });
});

describe('the hold', () => {
  it('restarts once when all is green, and solves what still stands', async () => {
    await using web = await startFixture();
    const { id, agentId } = await ready(web);
    web.red.clear();
    web.services.verdicts.use(id, { watched: true });
    await vi.waitFor(() =>
      expect(verdicts(web).at(-1)).toMatchObject({ solved: true, held: true }),
    );
    expect(messages(web)).toEqual(['Restarting web to see whether it holds.']);
    expect(web.services.sessions.book.get(id)).toMatchObject({ solved: true });
    await followed(web, agentId);
    web.agent.engineEvent(agentId);
    await sleep(400);
    expect(restarts(web)).toBe(1);
  });

  it('is not repeated after a failure until the learner typed into a red lab', async () => {
    await using web = await startFixture();
    web.services.sessions.start();
    await vi.waitFor(() => expect(web.agent.leases()).toContain('web'));
    const { id, agentId } = await ready(web);
    web.red.clear();
    web.agent.failNext('restart-container', 'engine_timeout');
    web.services.verdicts.use(id, { watched: true });
    await vi.waitFor(() =>
      expect(verdicts(web).at(-1)).toMatchObject({ solved: false, held: false }),
    );
    expect(restarts(web)).toBe(1);

    web.agent.engineEvent(agentId);
    await sleep(600);
    expect(restarts(web)).toBe(1);

    web.red.add('answers');
    web.agent.engineEvent(agentId);
    await vi.waitFor(() => expect(verdicts(web).at(-1)?.checks[0]?.status).toBe('fail'));
    web.agent.emit({ type: 'input', id: agentId });
    await sleep(20);
    web.red.clear();
    web.agent.emit({ type: 'quiet', id: agentId });
    await vi.waitFor(() =>
      expect(verdicts(web).at(-1)).toMatchObject({ solved: true, held: true }),
    );
    expect(restarts(web)).toBe(2);
  });

  it('belongs to the button too', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    expect(await web.services.verdicts.check(id)).toMatchObject({ solved: false, held: null });
    web.red.clear();
    expect(await web.services.verdicts.check(id)).toMatchObject({ solved: true, held: true });
    expect(await web.services.verdicts.check(id)).toMatchObject({ solved: true, held: true });
    expect(restarts(web)).toBe(1);
    expect(web.services.sessions.book.get(id)?.tries).toBe(3);
  });
});

describe('the button', () => {
  it('wakes a paused lab', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    web.clock.now += 6 * 60_000;
    web.services.sessions.beat();
    await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('paused'));
    await web.services.verdicts.check(id);
    expect(web.services.sessions.book.get(id)?.phase).toBe('ready');
  });

  it('shows that it checks', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    await web.services.verdicts.check(id);
    const states = web.events.flatMap((event) => (event.type === 'lab' ? [event.lab.state] : []));
    expect(states.slice(-2)).toEqual(['checking', 'ready']);
  });
});

describe('listening ports', () => {
  it('are those that a person may look at', async () => {
    await using web = await startFixture();
    const tcp = (address: string, port: number) => ({ protocol: 'tcp' as const, address, port });
    web.agent.listening = [
      ...[tcp('0.0.0.0', 8080), tcp('::', 8080), tcp('127.0.0.1', 3000), tcp('0.0.0.0', 40_000)],
      ...[
        tcp('127.0.0.1', 45_583),
        tcp('127.0.0.11', 41_000),
        tcp('172.17.0.1', 9000),
        tcp('0.0.0.0', 2375),
      ],
      { protocol: 'udp', address: '0.0.0.0', port: 53 },
    ];
    const { id } = await ready(web);
    await web.services.verdicts.check(id);
    const lab = web.services.sessions.book.get(id);
    expect(lab && web.services.sessions.viewOf(lab).ports).toEqual(
      [3000, 8080, 40_000].map((port) => ({ port, url: `http://${port}-${id}.localhost:4400/` })),
    );
  });
});

describe('hints', () => {
  it('come one after the other and are kept', async () => {
    await using web = await startFixture();
    const { id } = await ready(web);
    const { verdicts, sessions } = web.services;
    expect(await verdicts.hint(id)).toEqual({
      number: 1,
      text: 'Ask the web server itself first.',
    });
    expect((await verdicts.hint(id)).number).toBe(2);
    await verdicts.hint(id);
    await expect(verdicts.hint(id)).rejects.toMatchObject({ code: 'no_more_hints' });
    const lab = sessions.book.get(id);
    expect(lab?.hints.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(lab && sessions.viewOf(lab).solutionDue).toBe(true);
  });
});

async function ready(web: Fixture): Promise<{ id: string; agentId: string }> {
  const { id } = await web.services.sessions.create('local', scenario);
  return vi.waitFor(() => {
    const lab = web.services.sessions.book.get(id);
    if (lab?.phase !== 'ready' || lab.agentId === null) throw new Error(`the lab is ${lab?.phase}`);
    return { id, agentId: lab.agentId };
  });
}

/** Waits for the socket to the lab's engine, and for the runs that its opening causes. */
async function followed(web: Fixture, agentId: string): Promise<void> {
  await vi.waitFor(() => expect(web.agent.calls).toContain(`WS /labs/${agentId}/engine-events`));
  await sleep(600);
}

function verdicts(web: Fixture): Verdict[] {
  return web.events.flatMap((event) => (event.type === 'verdict' ? [event.verdict] : []));
}

function messages(web: Fixture): string[] {
  return web.events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
}

function restarts(web: Fixture): number {
  return web.agent.calls.filter((call) => call.endsWith('/restart-container')).length;
}
