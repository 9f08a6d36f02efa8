import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../protocol/questions.ts';
import { createJudge, JudgeFailed, type Judge } from './index.ts';
import { engineAnswer } from './testing.ts';

const labId = 'a00000000000';

describe('a judge', () => {
  let folder: string;
  let agent: Server;
  let judge: Judge;
  let answers: (question: string) => Answer | undefined;
  let faults: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-judge-'));
    answers = () => engineAnswer([]);
    faults = [];
    agent = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const answer = answers(body);
        if (answer)
          response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    });
    agent.listen(join(folder, 'agent.sock'));
    await once(agent, 'listening');
    judge = createJudge({
      agentSocket: join(folder, 'agent.sock'),
      labsDir: join(folder, 'labs'),
      workers: 1,
      onFault: ({ stack }) => faults.push(stack),
    });
  });

  afterEach(async () => {
    await judge[Symbol.asyncDispose]();
    agent.closeAllConnections();
    agent.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function scenario(
    name: string,
    run: string,
    hints = '[]',
  ): { labId: string; scenario: string; seed: number } {
    mkdirSync(join(folder, 'labs/networking', name), { recursive: true });
    const checks = `[{ id: 'a', kind: 'goal', title: 'A', run: async (lab) => { ${run} } }]`;
    writeFileSync(
      join(folder, 'labs/networking', name, 'lab.ts'),
      `export default { hints: ${hints}, checks: ${checks} }`,
    );
    return { labId, scenario: `networking/${name}`, seed: 3 };
  }

  it('asks the agent and says what the checks say', async () => {
    const asked = scenario(
      'ok',
      "return { pass: (await lab.docker.containers()).length === 0, seen: `${lab.seed}`, wanted: 'w' }",
    );
    const { checks, seconds } = await judge.check(asked);
    expect(checks).toEqual([
      { id: 'a', kind: 'goal', title: 'A', status: 'pass', seen: '3', wanted: 'w' },
    ]);
    expect(seconds).toBeGreaterThan(0);
  });

  it('reads a scenario again when it was changed', async () => {
    await judge.check(scenario('new', "return { pass: false, seen: 'old', wanted: '' }"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { checks } = await judge.check(
      scenario('new', "return { pass: false, seen: 'new', wanted: '' }"),
    );
    expect(checks).toMatchObject([{ seen: 'new' }]);
  });

  it('gives the first hint that fits and was not taken', async () => {
    const hints = `[
      { text: 'zero', when: async (lab) => (await lab.docker.containers()).length > 0 },
      { text: 'one' },
      { text: 'two', when: async () => { throw new Error('x') } },
      { text: 'three' },
    ]`;
    const asked = scenario('hints', '', hints);
    expect(await judge.hint({ ...asked, taken: [] })).toEqual({ index: 1, text: 'one' });
    expect(await judge.hint({ ...asked, taken: [1] })).toEqual({ index: 3, text: 'three' });
    expect(await judge.hint({ ...asked, taken: [1, 3] })).toBeUndefined();
  });

  it('replaces a worker that hangs, and its checks are unknown', async () => {
    const { checks } = await judge.check(scenario('hang', 'for (;;);'));
    expect(checks).toMatchObject([{ id: 'a', status: 'unknown' }]);
    const after = await judge.check(scenario('ok', "return { pass: true, seen: '', wanted: '' }"));
    expect(after.checks).toMatchObject([{ status: 'pass' }]);
  });

  it('replaces a worker that grows, and its checks are unknown', async () => {
    const { checks } = await judge.check(
      scenario('grow', 'const all = []; for (;;) all.push([...Array(1000).keys()]);'),
    );
    expect(checks).toMatchObject([{ id: 'a', status: 'unknown' }]);
  });

  it('calls a check unknown where the agent does not answer, or is not there', async () => {
    const asked = scenario(
      'ok',
      "return { pass: await lab.docker.info() !== 1, seen: '', wanted: '' }",
    );
    answers = () => {
      agent.closeAllConnections();
      return undefined;
    };
    expect((await judge.check(asked)).checks).toMatchObject([{ status: 'unknown' }]);
  });

  it('stops asking for who has gone', async () => {
    const stop = new AbortController();
    answers = () => undefined;
    const checking = judge.check({
      ...scenario('ok', 'await lab.docker.info()'),
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('gone')), 50);
    await expect(checking).rejects.toThrow('gone');
  });

  it('logs the fault of a check', async () => {
    const { checks } = await judge.check(scenario('fault', "throw new Error('my own')"));
    expect(checks).toMatchObject([{ status: 'unknown' }]);
    expect(faults.join()).toContain('my own');
  });

  it('fails where there is no scenario', async () => {
    await expect(judge.check({ labId, scenario: 'networking/none', seed: 0 })).rejects.toThrow(
      JudgeFailed,
    );
  });
});
