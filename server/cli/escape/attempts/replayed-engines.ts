/**
 * Class 9, second part: the strongest lie. In one lab a scenario is repaired, and what its engine answers to the checks
 * is written down; in another, which stays broken, an engine says exactly that.
 */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  answerSchema,
  questionSchema,
  type Answer,
  type Question,
} from '../../../protocol/questions.ts';
import { loadConfig } from '../../../config.ts';
import { breakScript, loadCatalog, repairScript, type Scenario } from '../../../catalog/index.ts';
import { createJudge, decide } from '../../../verify/index.ts';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import type { StageLab } from '../stage/stage-lab.ts';
import type { Stage } from '../stage/stage.ts';

/** Enough to show that the pattern holds; each costs two labs that are broken. */
const scenarios = ['networking/dns-default-bridge', 'volumes/permission-denied'];

export const replayedEngines: Attempt[] = scenarios.map((id) =>
  defineAttempt({
    id: `replay-${id.split('/')[1] ?? id}`,
    class: 'lies',
    title: `leave ${id} broken, and have an engine say what the engine of a repaired lab said`,
    why: 'A goal that matters wants what only the real thing has: a process, a packet, a page.',
    setting: 'own',
    timeoutMs: 150_000,
    run: (stage) => replay(stage, id, (question) => question.kind === 'docker'),
    // Every question is answered as the repaired lab would, not the engine's alone: there is no other evidence.
    control: (stage) => replay(stage, id, () => true),
  }),
);

type Recording = Map<string, Answer>;

/** The control uses what the attempt has written down. */
const recordings = new Map<string, Promise<Recording>>();

async function replay(
  stage: Stage,
  id: string,
  lied: (question: Question) => boolean,
): Promise<Outcome> {
  const { labsDir } = loadConfig();
  const scenario = (await loadCatalog(labsDir)).get(id);
  if (!scenario) throw new Error(`There is no scenario ${id}.`);
  const recorded = recordings.get(id) ?? recordRepaired(stage, scenario, labsDir);
  recordings.set(id, recorded);
  const [recording, lab] = await Promise.all([recorded, broken(stage, scenario)]);
  await using _lab = lab;
  // The engine's answers are given in place of the socket's: byte for byte what a server behind it could send.
  const proxied = await proxy(stage, async (labId, question, ask) => {
    const known = recording.get(JSON.stringify(question));
    if (lied(question) && known) return known;
    return ask(labId, question);
  });
  try {
    const checks = await check(proxied.socket, labsDir, {
      id,
      labId: lab.id,
      signal: stage.signal,
    });
    const open = checks
      .filter(({ status }) => status !== 'pass')
      .map((one) => `${one.id} ${one.status}`);
    return {
      reached: decide(checks, 'none') === 'solved',
      seen: open.length === 0 ? 'every check passes' : open.join(', '),
    };
  } finally {
    proxied.server.close();
  }
}

async function recordRepaired(
  stage: Stage,
  scenario: Scenario,
  labsDir: string,
): Promise<Recording> {
  await using lab = await broken(stage, scenario);
  const fix = scenario.scripts.find(({ name }) => name === 'fix.sh');
  await lab.run(repairScript(fix?.text ?? ''), { timeoutMs: 90_000 });
  const recording: Recording = new Map();
  const recorder = await proxy(stage, async (labId, question, ask) => {
    const answer = await ask(labId, question);
    recording.set(JSON.stringify(question), answer);
    return answer;
  });
  try {
    for (let tries = 0; tries < 12; tries += 1) {
      recording.clear();
      const checks = await check(recorder.socket, labsDir, {
        id: scenario.id,
        labId: lab.id,
        signal: stage.signal,
      });
      if (decide(checks, 'none') === 'solved') return recording;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    throw new Error(`The fix of ${scenario.id} does not solve it.`);
  } finally {
    recorder.server.close();
  }
}

async function broken(stage: Stage, scenario: Scenario): Promise<StageLab> {
  const lab = await stage.makeLab({ memory: 1024 });
  const { exitCode, output } = await lab.run(await breakScript(scenario, 0), { timeoutMs: 90_000 });
  if (exitCode === 0) return lab;
  await lab[Symbol.asyncDispose]();
  throw new Error(`${scenario.id} could not be broken: ${output.slice(-200)}`);
}

async function check(
  agentSocket: string,
  labsDir: string,
  lab: { id: string; labId: string; signal: AbortSignal },
) {
  await using judge = createJudge({ agentSocket, labsDir, workers: 1 });
  return (await judge.check({ labId: lab.labId, scenario: lab.id, seed: 0, signal: lab.signal }))
    .checks;
}

type Ask = (labId: string, question: Question) => Promise<Answer>;

/** Stands between the judge and the agent. */
async function proxy(
  stage: Stage,
  answer: (labId: string, question: Question, ask: Ask) => Promise<Answer>,
): Promise<{ socket: string; server: Server }> {
  const socket = join(
    stage.canaries.folder,
    `proxy-${String(performance.now()).replace('.', '')}.sock`,
  );
  const ask: Ask = (labId, question) =>
    post(stage.paths.agentSocket, `/labs/${labId}/ask`, question);
  const handle = async (incoming: IncomingMessage): Promise<Answer> => {
    const question = questionSchema.parse(JSON.parse(await text(incoming)));
    return answer(incoming.url?.split('/')[2] ?? '', question, ask);
  };
  const server = createServer((incoming, response) => {
    handle(incoming).then(
      (found) => response.setHeader('content-type', 'application/json').end(JSON.stringify(found)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(
          JSON.stringify({ error: { code: 'internal', message: String(error), hint: '' } }),
        );
      },
    );
  });
  server.listen(socket);
  await once(server, 'listening');
  return { socket, server };
}

function post(socketPath: string, path: string, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath, path, method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        text(response)
          .then((answer) => {
            resolve(answerSchema.parse(JSON.parse(answer)));
          })
          .catch(reject);
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}
