/** A web server of our own on a free port, for several learners, with a scenario and a page that are made for the attempts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { AgentClient } from '../../../agent-client/index.ts';
import type { LabHostPaths } from '../../../lab-host/paths.ts';
import { ask, openSocket, type WebAnswer, type WebQuestion } from './web-request.ts';

export interface WebLearner {
  cookie: string;
  /** Public id of the lab, ready. */
  lab: string;
}

export interface WebSite extends AsyncDisposable {
  host: string;
  port: number;
  origin: string;
  siteDir: string;
  /** Next to the site's files, never served. */
  secretFile: string;
  victim: WebLearner;
  attacker: WebLearner;
  /** Whose lab may be reset under whoever uses it. */
  bystander: WebLearner;
  ask: (question: WebQuestion) => Promise<WebAnswer>;
  /** Runs a script in a learner's lab; throws if it fails. */
  runInLab: (learner: WebLearner, script: string) => Promise<void>;
}

export const webScenario = 'overview/escape';
const startTimeoutMs = 30_000;
const labTimeoutMs = 60_000;

const definition = `
const found = (pass) => ({ pass, seen: 'x', wanted: 'y' });
export default {
  title: 'A lab for the attempts to escape', minutes: 5, difficulty: 'easy', tags: ['escape'],
  objectives: ['Know that it is not for learners'], curriculum: ['C27-1'], hold: 'none',
  hints: [{ text: 'There is nothing to be found here.' }, { text: 'There is nothing to be found here either.' }, { text: 'Nor is there anything here.' }],
  checks: [{ id: 'never', kind: 'goal', title: 'It is never solved', run: async () => found(false) }],
};
`;

export async function openWebSite(
  paths: Pick<LabHostPaths, 'runDir' | 'agentSocket'>,
  client: AgentClient,
  token: string,
): Promise<WebSite> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-escape-web-'));
  await using made = new AsyncDisposableStack();
  made.defer(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const siteDir = join(folder, 'site');
  const scenario = join(folder, 'labs', webScenario);
  for (const dir of [siteDir, scenario, join(folder, 'state', 'web')])
    mkdirSync(dir, { recursive: true });
  writeFileSync(join(siteDir, 'index.html'), '<!doctype html><title>site</title><p>the site</p>');
  writeFileSync(join(siteDir, 'page.txt'), 'a page of the site');
  writeFileSync(join(folder, 'secret.txt'), token);
  writeFileSync(join(scenario, 'lab.ts'), definition);
  for (const name of ['brief.md', 'debrief.md']) writeFileSync(join(scenario, name), 'Nothing.\n');
  for (const name of ['break.sh', 'fix.sh', 'fix-other.sh', 'cheat-one.sh', 'cheat-two.sh'])
    writeFileSync(join(scenario, name), 'true\n');

  const port = await freePort();
  const lease = `escape-${String(process.pid)}-${String(port)}`;
  const server = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, '..', '..', '..', 'web', 'main.ts'),
    ],
    {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: String(port),
        STATE_DIR: join(folder, 'state'),
        RUN_DIR: paths.runDir,
        AGENT_SOCKET: paths.agentSocket,
        LABS_DIR: join(folder, 'labs'),
        SITE_DIR: siteDir,
        MODE: 'multi',
        LEASE: lease,
        POOL_BLANK: '0',
        POOL_BROKEN: '0',
        LOG_LEVEL: 'error',
      },
    },
  );
  const words = Promise.all([text(server.stdout), text(server.stderr)]);
  made.defer(async () => {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    if (server.exitCode === null) await gone;
    const labs = await client.list().catch(() => []);
    await Promise.all(
      labs
        .filter((lab) => lab.lease === lease)
        .map((lab) => client.destroyLab(lab.id).catch(() => undefined)),
    );
  });
  const origin = `http://127.0.0.1:${String(port)}`;
  const question: WebSite['ask'] = (asked) => ask(port, asked);
  await answering(question, async () =>
    server.exitCode === null ? undefined : (await words).join(' '),
  );
  const [victim, attacker, bystander] = await Promise.all([
    newLearner(question, origin),
    newLearner(question, origin),
    newLearner(question, origin),
  ]);
  const all = made.move();
  return {
    host: `127.0.0.1:${String(port)}`,
    port,
    origin,
    siteDir,
    secretFile: join(folder, 'secret.txt'),
    victim,
    attacker,
    bystander,
    ask: question,
    runInLab: (learner, script) => runInLab({ client, lease, site: origin, learner, script }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const labSchema = z.looseObject({ id: z.string(), state: z.string(), reason: z.string() });

async function newLearner(question: WebSite['ask'], origin: string): Promise<WebLearner> {
  const first = await question({ path: '/api/scenarios' });
  const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  if (cookie === '') throw new Error(`The web server gave no cookie: ${first.body.slice(0, 200)}`);
  const made = await question({
    method: 'POST',
    path: '/api/labs',
    headers: { origin, cookie },
    json: { scenario: webScenario },
  });
  let lab = labSchema.parse(JSON.parse(made.body));
  for (let waited = 0; waited < labTimeoutMs && lab.state !== 'ready'; waited += 200) {
    await sleep(200);
    lab = labSchema.parse(
      JSON.parse((await question({ path: `/api/labs/${lab.id}`, headers: { cookie } })).body),
    );
    if (lab.state === 'failed')
      throw new Error(`The web server could not make a lab: ${lab.reason}`);
  }
  if (lab.state !== 'ready') throw new Error('The lab of the web server did not get ready.');
  return { cookie, lab: lab.id };
}

interface RunInLab {
  client: AgentClient;
  lease: string;
  site: string;
  learner: WebLearner;
  script: string;
}

/** The agent's name of a lab is the server's business: found by a mark that is typed into its terminal. */
async function runInLab({ client, lease, site, learner, script }: RunInLab): Promise<void> {
  const mark = `mark-${learner.lab}`;
  const headers = { origin: site, cookie: learner.cookie };
  const { socket } = await openSocket(
    Number(new URL(site).port),
    `/api/labs/${learner.lab}/terminals/5?cols=80&rows=24`,
    headers,
  );
  socket.send(Buffer.from(`touch /run/${mark}\r`));
  const labs = (await client.list()).filter((lab) => lab.lease === lease);
  for (let waited = 0; waited < 10_000; waited += 200) {
    for (const { id } of labs) {
      const { exitCode } = await client
        .run(id, { script: `[ -e /run/${mark} ]` })
        .catch(() => ({ exitCode: 1 }));
      if (exitCode !== 0) continue;
      socket.terminate();
      const result = await client.run(id, { script });
      if (result.exitCode !== 0)
        throw new Error(`It failed in the learner's lab: ${result.output.slice(-300)}`);
      return;
    }
    await sleep(200);
  }
  throw new Error("The learner's lab was not found.");
}

async function answering(
  question: WebSite['ask'],
  ended: () => Promise<string | undefined>,
): Promise<void> {
  for (let waited = 0; waited < startTimeoutMs; waited += 100) {
    const answer = await question({ path: '/api/health' }).catch(() => undefined);
    if (answer?.status === 200) return;
    const words = await ended();
    if (words !== undefined) throw new Error(`The web server ended: ${words.slice(-500)}`);
    await sleep(100);
  }
  throw new Error('The web server did not answer.');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  server.close();
  await once(server, 'close');
  return port;
}
