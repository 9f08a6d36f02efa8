import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';

const lineSchema = z.looseObject({ msg: z.string(), lab: z.string().optional() });
const minuteMs = 60_000;

describe('the log', () => {
  it('tells a lab’s whole life under its id, and where to go on in agent.log', async () => {
    const log = logged();
    await using web = await startFixture({ log: log.logger });
    const { sessions, verdicts } = web.services;
    const { id } = await sessions.create('a-learners-secret-id', scenario);
    const first = await machineOf(web, id);
    await verdicts.check(id);
    sessions.extend(id);
    web.clock.now += 6 * minuteMs;
    sessions.beat();
    await vi.waitFor(() => expect(sessions.book.get(id)?.phase).toBe('paused'));
    await sessions.awake(id);
    web.red.clear();
    await verdicts.check(id);
    await sessions.reset(id);
    await machineOf(web, id);
    await sessions.endByOperator(id, 'over');
    await sessions.destroy(id);
    const lines = log.of(id);
    expect(lines.map(({ msg }) => msg)).toEqual([
      ...['lab asked for', 'lab breaking', 'lab ready', 'lab made', 'check by button', 'verdict'],
      ...['lab extended', 'lab paused', 'lab woken', 'check by button', 'verdict'],
      ...['restart to see whether it holds', 'verdict'],
      ...['lab reset', 'lab breaking', 'lab ready', 'lab made', 'lab stopped', 'lab removed'],
    ]);
    expect(lines.find(({ msg }) => msg === 'lab paused')).toMatchObject({ machine: first });
    expect(lines.find(({ msg }) => msg === 'lab stopped')).toMatchObject({
      reason: 'The operator ended this lab: over',
    });
    expect(log.text).not.toContain('a-learners-secret');
  });

  it('has no key that was typed and no cookie', async () => {
    const log = logged();
    await using web = await startFixture({ log: log.logger, env: { MODE: 'multi' } });
    const answer = await web.app.inject({ url: '/api/scenarios' });
    const cookie = answer.cookies[0]?.value ?? '';
    const headers = { cookie: `drydock_learner=${cookie}` };
    await web.app.inject({ method: 'POST', url: '/api/labs', headers, payload: { scenario } });
    await web.app.inject({ url: '/api/labs/nosuchlabaaa', headers });
    expect(log.text).toContain('lab asked for');
    expect(log.text).not.toContain(cookie.split('.')[0]);
  });
});

function logged() {
  const log = {
    text: '',
    of: (id: string) =>
      log.text
        .split('\n')
        .filter((line) => line.includes(id))
        .map((line) => lineSchema.parse(JSON.parse(line))),
    logger: createLogger(
      'info',
      new Writable({
        write: (chunk, _encoding, done) => {
          log.text += String(chunk);
          done();
        },
      }),
    ),
  };
  return log;
}

async function machineOf(web: Fixture, id: string): Promise<string> {
  return vi.waitFor(() => {
    const lab = web.services.sessions.book.get(id);
    if (lab?.phase !== 'ready' || lab.agentId === null) throw new Error('not ready');
    return lab.agentId;
  });
}
