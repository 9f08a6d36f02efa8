import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { labViewSchema } from '../../protocol/api.ts';
import type { Fixture } from '../testing/fixture.ts';
import { scenario, startFixture } from '../testing/fixture.ts';

describe('a scrape', () => {
  it('answers what an operator asks', async () => {
    await using web = await startFixture({ env: { MAX_LABS: '1', POOL_BLANK: '0' } });
    const first = labViewSchema.parse((await create(web)).json());
    await vi.waitFor(() => expect(web.services.sessions.book.get(first.id)?.phase).toBe('ready'));
    await create(web);
    await web.app.inject({ method: 'POST', url: `/api/labs/${first.id}/check` });
    await web.app.inject({ url: '/api/labs/nosuchlabaaa' });
    const text = await scrape(web);
    for (const line of [
      'drydock_info{version="test"} 1',
      'drydock_draining 0',
      'drydock_labs{phase="ready"} 1',
      'drydock_labs{phase="paused"} 0',
      'drydock_queue_length 1',
      'drydock_pool_wanted_labs{kind="blank"} 0',
      'drydock_lab_making_seconds_count{source="new"} 1',
      'drydock_verdict_seconds_count{trigger="button",outcome="red"} 1',
      'drydock_agent_up 1',
      'drydock_engine_up 1',
      'drydock_capacity_free_labs 9',
      'drydock_capacity_limited_by{resource="memory"} 1',
      'drydock_labs_memory_bytes 1',
      'drydock_labs_disk_bytes 5',
      'drydock_http_failures_total{code="no_such_lab"} 1',
      'drydock_http_request_seconds_count{method="POST",route="/api/labs",status="201"} 1',
    ])
      expect(text.split('\n')).toContain(line);

    web.services.drain.set(true);
    web.clock.now += 90_000;
    web.services.drain.set(false);
    await web.app.inject({ method: 'DELETE', url: `/api/labs/${first.id}` });
    await vi.waitFor(async () =>
      expect(await scrape(web)).toMatch(/^drydock_queue_wait_seconds_sum 9\d/m),
    );
  });

  it('is described on the operators’ page, each metric and none besides', async () => {
    await using web = await startFixture();
    const own = /^# TYPE (drydock_(?!process_|nodejs_)\S+)/gm;
    const scraped = [...(await scrape(web)).matchAll(own)].map(([, name]) => name);
    const page = readFileSync(
      new URL('../../../content/900-operate/watch.mdx', import.meta.url),
      'utf8',
    );
    const described = [...page.matchAll(/`(drydock_\w+)`/g)].map(([, name]) => name);
    expect([...new Set(described)].sort()).toEqual([...new Set(scraped)].sort());
  });

  it('says that the lab host is away, and nothing that is not known then', async () => {
    await using web = await startFixture();
    await web.agent[Symbol.asyncDispose]();
    const text = await scrape(web);
    expect(text).toMatch(/^drydock_agent_up 0$/m);
    expect(text).toMatch(/^drydock_engine_up 0$/m);
    expect(text).not.toMatch(/^drydock_capacity_free_labs/m);
  });

  it('has for each metric a help and a name with its unit, and no lab or learner in a label', async () => {
    await using web = await startFixture();
    const { id } = labViewSchema.parse((await create(web)).json());
    await vi.waitFor(() => expect(web.services.sessions.book.get(id)?.phase).toBe('ready'));
    await web.app.inject({ url: `/api/labs/${id}` });
    const text = await scrape(web);
    expect(text).not.toContain(id);
    const own = [...text.matchAll(/^# TYPE (drydock_\S+) (\w+)$/gm)];
    expect(own.length).toBeGreaterThan(25);
    for (const [, name = '', type] of own) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
      if (type === 'counter') expect(name).toMatch(/_total$/);
      if (type === 'histogram') expect(name).toMatch(/_(?:seconds|bytes)$/);
    }
  });
});

function create(web: Fixture) {
  return web.app.inject({ method: 'POST', url: '/api/labs', payload: { scenario } });
}

async function scrape(web: Fixture): Promise<string> {
  return (await web.app.inject({ url: '/metrics' })).body;
}
