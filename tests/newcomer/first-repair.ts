/**
 * Plays a learner at a running server, without a browser: `first-repair.ts URL` opens a lab, types a repair into its
 * terminal and waits until the checks accept it. Prints {"promptSeconds", "solvedSeconds", "held"}; exit 1 if it was not solved.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { labViewSchema } from '../../server/protocol/api.ts';

const scenario = 'networking/dns-default-bridge';
const lines = [
  'docker network create guestbook',
  'docker network connect guestbook cache',
  'docker network connect guestbook guestbook',
];
const patienceMs = 120_000;
/** Well below what the server lets one learner ask. */
const askEveryMs = 100;
const lookEveryMs = 20;

const site = new URL(process.argv[2] ?? 'http://127.0.0.1:4400');
const headers = { origin: site.origin, cookie: await learnerCookie() };

const started = performance.now();
const made = labViewSchema.parse(await api('POST', '/api/labs', { scenario }));
const lab = await until('the lab is ready', askEveryMs, async () => {
  const view = labViewSchema.parse(await api('GET', `/api/labs/${made.id}`));
  if (['failed', 'stopped'].includes(view.state)) throw new Error(`${view.state}: ${view.reason}`);
  return view.state === 'ready' ? view : undefined;
});
const socketUrl = new URL(`/api/labs/${lab.id}/terminals/1`, site);
socketUrl.protocol = site.protocol.replace('http', 'ws');
const terminal = new WebSocket(socketUrl, { headers });
let screen = '';
terminal.on('message', (data: Buffer, isBinary) => {
  if (isBinary) screen += data.toString();
});
await once(terminal, 'open');
await until('a prompt', lookEveryMs, async () => prompts() > 0 || undefined);
const promptSeconds = secondsSince(started);

const typing = performance.now();
for (const line of lines) {
  const before = prompts();
  terminal.send(Buffer.from(`${line}\r`));
  const what = `a prompt after \`${line}\``;
  await until(what, lookEveryMs, async () => prompts() > before || undefined);
}
const solved = await until('the checks accept it', askEveryMs, async () => {
  const view = labViewSchema.parse(await api('GET', `/api/labs/${lab.id}`));
  return view.solved ? view : undefined;
});
const held = solved.verdict?.held ?? null;
const solvedSeconds = secondsSince(typing);
terminal.close();
await api('DELETE', `/api/labs/${lab.id}`);
process.stdout.write(`${JSON.stringify({ promptSeconds, solvedSeconds, held })}\n`);

async function learnerCookie(): Promise<string> {
  const answer = await fetch(new URL('/api/scenarios', site));
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

async function api(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(new URL(path, site), {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** How often the shell has asked for a command. */
function prompts(): number {
  return screen.split(/root@[^\n]*[#] /).length - 1;
}

async function until<T>(
  what: string,
  everyMs: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(everyMs);
  }
  throw new Error(
    `Waited ${patienceMs / 1000} s in vain: ${what}. The terminal's end:\n${screen.slice(-500)}`,
  );
}

function secondsSince(moment: number): number {
  return Math.round(performance.now() - moment) / 1000;
}
