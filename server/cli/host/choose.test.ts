import { describe, expect, it } from 'vitest';
import { CannotRun } from '../cannot-run.ts';
import { chooseLabHost, type Choosing } from './choose.ts';
import type { AnsweringEngine, EngineProbe } from './container/types.ts';
import type { Requirement } from './requirements.ts';
import { stockEngine } from './testing.ts';

const engine = stockEngine;
const notRoot: Requirement = { name: 'user', ok: false, found: 'not root; x', todo: 'Be root.' };
const root: Requirement = { name: 'user', ok: true, found: 'root', todo: '' };
const denied = {
  answers: false,
  reason: 'permission denied at /var/run/docker.sock',
} as const satisfies EngineProbe;

function choose(
  options: {
    user?: Requirement;
    engine?: EngineProbe;
  } & Partial<Pick<Choosing, 'wanted' | 'running'>>,
) {
  return chooseLabHost({
    wanted: options.wanted,
    running: options.running,
    machine: () => [options.user ?? notRoot],
    engine: async () => options.engine ?? engine,
  });
}

async function refusal(options: Parameters<typeof choose>[0]): Promise<string> {
  const error: unknown = await choose(options).catch((thrown: unknown) => thrown);
  if (!(error instanceof CannotRun)) throw new Error('it was not refused');
  return `${error.message}\n${error.todo}`;
}

describe('chooseLabHost', () => {
  it('takes the machine itself where that is possible, and asks no engine', async () => {
    const asked = { wanted: undefined, running: undefined, machine: () => [root] };
    const choice = await chooseLabHost({
      ...asked,
      engine: () => Promise.reject(new Error('asked')),
    });
    expect(choice).toEqual({
      way: 'embedded',
      why: "Lab host: an engine of Drydock's own on this machine; this is Linux, and you are root.",
    });
  });

  it('takes a container otherwise, and says what is in the way of the other', async () => {
    expect(await choose({})).toEqual({
      way: 'container',
      why: 'Lab host: a container of your Docker engine 28.2.2 (unix:///var/run/docker.sock, Debian GNU/Linux 13 (trixie)); one on the machine itself is not possible (not root).',
    });
  });

  it('names both faults, and what to do about each', async () => {
    const words = await refusal({ engine: denied });
    expect(words).toMatch(/user: not root; x(.|\n)*Docker engine: permission denied/);
    expect(words).toMatch(/Be root\.(.|\n)*Or: Let your user use it/);
  });

  it('goes nowhere else where LAB_HOST names a way that is not possible', async () => {
    expect(await refusal({ wanted: 'embedded' })).toMatch(/LAB_HOST=embedded(.|\n)*not root/);
    expect(await refusal({ wanted: 'container', user: root, engine: denied })).toMatch(
      /LAB_HOST=container(.|\n)*permission denied/,
    );
  });

  it('does what LAB_HOST says where both are possible', async () => {
    expect(await choose({ wanted: 'container', user: root })).toMatchObject({
      way: 'container',
      why: expect.stringContaining('LAB_HOST says so') as string,
    });
  });

  it('goes on with what runs already, as long as its engine answers', async () => {
    expect(await choose({ running: 'container', user: root })).toMatchObject({ way: 'container' });
    expect(await choose({ running: 'container', user: root, engine: denied })).toMatchObject({
      way: 'embedded',
    });
    expect(await choose({ running: 'embedded', user: root })).toMatchObject({ way: 'embedded' });
  });

  it.each<[string, Partial<AnsweringEngine>]>([
    ['19.03.15; 23 or newer', { version: '19.03.15' }],
    ['for windows', { os: 'windows' }],
    ['1.9 GiB', { memory: 1.9 * 1024 ** 3 }],
    ['rootless, 65536 ids', { rootless: true, remappedIds: 65_536 }],
  ])('takes no engine that cannot carry it: %s', async (words, change) => {
    expect(await refusal({ engine: { ...engine, ...change } })).toContain(words);
  });

  it.each<Partial<AnsweringEngine>>([
    { remapped: true, remappedIds: 4_000_000, runtimes: ['runc', 'lab'] },
    { desktop: true, version: '27.3.1' },
    { version: '20.10.24+dfsg1' },
    { product: 'podman', version: '5.4.0' },
    { selinux: true, apparmor: false },
  ])('takes one that can: %o', async (change) => {
    expect(await choose({ engine: { ...engine, ...change } })).toMatchObject({ way: 'container' });
  });
});
