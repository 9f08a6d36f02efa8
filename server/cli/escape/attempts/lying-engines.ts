/** Class 9, first part: an engine behind /run/docker.sock that answers slowly, without end, or with what hurts to read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import type { CheckResult } from '../../../protocol/verdict.ts';
import { createJudge } from '../../../verify/index.ts';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import type { StageLab } from '../stage/stage-lab.ts';
import type { Stage } from '../stage/stage.ts';

const of = 'lies' as const;
const scenario = 'overview/lies';
const mib = 1024 ** 2;

/** What the fake engine sends for one request, in Perl; `$c` is the connection. */
const engines = {
  slow: `my $head = "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\n\\r\\n[]"; for (split //, $head x 50) { print $c $_ or last; select undef, undef, undef, 0.2 }`,
  endless: `print $c "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n\\r\\n["; for (1 .. 400) { print $c "1," x (1 << 19) or last }`,
  chunks: `print $c "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"; for (1 .. 20000) { print $c "1\\r\\n[\\r\\n" or last } print $c "7fffffffffffffff\\r\\n"; for (1 .. 30) { print $c "x" x (1 << 20) or last }`,
  headers: `print $c "HTTP/1.1 200 OK\\r\\n"; for (1 .. 60000) { print $c "X-Header-$_: ", "y" x 200, "\\r\\n" or last } print $c "\\r\\n[]"`,
  deep: `my $body = "[" x 1500000 . "]" x 1500000; print $c "HTTP/1.1 200 OK\\r\\nContent-Length: ", length $body, "\\r\\n\\r\\n", $body`,
  big: `my $body = "[" . join(",", ("{\\"Id\\":\\"x\\",\\"State\\":{\\"Running\\":true}}") x 200000) . "]"; print $c "HTTP/1.1 200 OK\\r\\nContent-Length: ", length $body, "\\r\\n\\r\\n", $body`,
  keys: `my $body = "{\\"__proto__\\":{\\"running\\":true,\\"pass\\":true,\\"then\\":1},\\"constructor\\":{\\"prototype\\":{\\"pass\\":true}},\\"State\\":{\\"__proto__\\":{\\"Running\\":true}},\\"toString\\":1}"; print $c "HTTP/1.1 200 OK\\r\\nContent-Length: ", length $body, "\\r\\n\\r\\n", $body`,
  web: `my $body = $q =~ m{/containers/json} ? "[{\\"Id\\":\\"abc\\",\\"Names\\":[\\"/web\\"],\\"Image\\":\\"nginx\\",\\"State\\":\\"running\\"}]" : "{\\"Id\\":\\"abc\\",\\"Name\\":\\"/web\\",\\"Image\\":\\"sha256:1\\",\\"Config\\":{\\"Image\\":\\"nginx\\"},\\"HostConfig\\":{},\\"State\\":{\\"Status\\":\\"running\\",\\"Running\\":true,\\"Pid\\":1,\\"ExitCode\\":0},\\"Mounts\\":[],\\"NetworkSettings\\":{}}"; print $c "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: ", length $body, "\\r\\n\\r\\n", $body`,
};

/** Two checks of one thing: what the engine says, and that and a process that only the real thing has. */
const definition = `
const found = (pass) => ({ pass, seen: 'x', wanted: 'y' });
export default {
  hints: [],
  checks: [
    { id: 'engine-alone', kind: 'goal', title: 'a container runs', run: async (lab) => found((await lab.docker.container('web'))?.running === true) },
    { id: 'two-evidences', kind: 'goal', title: 'a container and its process run', run: async (lab) => {
      const container = await lab.docker.container('web');
      const processes = await lab.processes();
      return found(container?.running === true && processes.some((process) => process.name === 'nginx' && /docker/.test(process.cgroup)));
    } },
    { id: 'list', kind: 'goal', title: 'the list has it', run: async (lab) => found((await lab.docker.containers()).some(({ names }) => names.includes('web'))) },
    { id: 'up', kind: 'guard', title: 'the engine answers', run: async (lab) => { await lab.docker.info(); return found(false); } },
  ],
};
`;

const bad: [keyof typeof engines, string, string][] = [
  ['slow', 'sends one byte every fifth of a second', 'A question has two seconds.'],
  ['endless', 'never ends its answer', 'An answer has 4 MiB.'],
  [
    'chunks',
    'sends 20,000 chunks and then one that claims to be 8 EiB',
    'The answer is read as bytes, 4 MiB at most, and taken apart in a thread that may be ended.',
  ],
  ['headers', 'sends 12 MB of headers', 'An answer has 4 MiB, headers included.'],
  [
    'deep',
    'sends an array 1.5 million levels deep',
    'What a lab says is parsed with a bound of depth, off the main thread.',
  ],
  ['big', 'sends 200,000 containers', 'An answer has 4 MiB and 1000 objects.'],
  [
    'keys',
    'sends keys that reach for the prototype of objects',
    'What a lab says is parsed into fields with known names and types.',
  ],
];

export const lyingEngines: Attempt[] = [
  ...bad.map(([id, what, why]) =>
    defineAttempt({
      id: `engine-${id}`,
      class: of,
      title: `an engine that ${what}: passes no check, holds up nobody, ends nothing`,
      why,
      setting: 'own',
      timeoutMs: 60_000,
      run: (stage) => withEngine(stage.attacker, id, () => judged(stage)),
      control: (stage) => withEngine(stage.attacker, id, () => readCarelessly(stage, id)),
    }),
  ),
  defineAttempt({
    id: 'engine-lies',
    class: of,
    title: 'an engine that says what the check wants to hear',
    why: 'Where it matters a check wants two kinds of evidence: the answer, and a process that only the real thing has.',
    setting: 'own',
    run: (stage) =>
      withEngine(stage.attacker, 'web', async () => {
        const status = statusOf(await judge(stage, stage.attacker), 'two-evidences');
        return {
          reached: status === 'pass',
          seen: `the check with two kinds of evidence: ${status}`,
        };
      }),
    control: (stage) =>
      withEngine(stage.attacker, 'web', async () => {
        const status = statusOf(await judge(stage, stage.attacker), 'engine-alone');
        return {
          reached: status === 'pass',
          seen: `the check that believes the engine: ${status}`,
        };
      }),
  }),
  defineAttempt({
    id: 'replaced-client',
    class: of,
    title: 'a docker client, a ps and a curl in the lab that say what the check wants to hear',
    why: "Nothing that is asked runs in the lab: the verifier's programs are its own.",
    setting: 'own',
    async run(stage) {
      await replaceClients(stage.attacker);
      const checks = await judge(stage, stage.attacker);
      await restoreClients(stage.attacker);
      return {
        reached: checks.some(({ id, status }) => id !== 'up' && status === 'pass'),
        seen: checks.map(({ id, status }) => `${id} ${status}`).join(', '),
      };
    },
    async control(stage) {
      await replaceClients(stage.attacker);
      const { output } = await stage.attacker.run('docker inspect -f "{{.State.Running}}" web');
      await restoreClients(stage.attacker);
      return {
        reached: output.trim() === 'true',
        seen: 'a check that ran in the lab would be told true',
      };
    },
  }),
];

/** The judge must answer, must not believe it, and must judge a neighbour rightly meanwhile. */
async function judged(stage: Stage): Promise<Outcome> {
  const started = performance.now();
  const [checks, others] = await Promise.all([
    judge(stage, stage.attacker),
    judge(stage, stage.neighbour),
  ]);
  const seconds = (performance.now() - started) / 1000;
  const words = checks.map(({ id, status }) => `${id} ${status}`).join(', ');
  const believed = checks.some(({ status }) => status === 'pass');
  const wrong = others.find(({ status }) => status === 'unknown');
  return {
    reached: believed || wrong !== undefined || seconds > 25,
    seen: `${words}; in ${seconds.toFixed(1)} s, the neighbour ${wrong ? `${wrong.id} unknown` : 'is judged'}`,
  };
}

async function judge(stage: Stage, lab: StageLab): Promise<CheckResult[]> {
  const labsDir = join(stage.canaries.folder, 'labs');
  const file = join(labsDir, scenario, 'lab.ts');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, definition);
  await using judge = createJudge({
    agentSocket: stage.paths.agentSocket,
    labsDir,
    workers: 1,
    onFault: () => undefined,
  });
  return (await judge.check({ labId: lab.id, scenario, seed: 0, signal: stage.signal })).checks;
}

function statusOf(checks: CheckResult[], wanted: string): string {
  return checks.find(({ id }) => id === wanted)?.status ?? 'not judged';
}

async function withEngine(
  lab: StageLab,
  kind: keyof typeof engines,
  look: () => Promise<Outcome>,
): Promise<Outcome> {
  await lab.must(`cat >/tmp/engine.pl <<'PERL'
use Socket; $SIG{PIPE} = "IGNORE"; $SIG{CHLD} = "IGNORE"; unlink "/run/docker.sock"; socket my $s, PF_UNIX, SOCK_STREAM, 0; bind $s, sockaddr_un("/run/docker.sock") or die $!; listen $s, 50; alarm 60;
while (accept my $c, $s) { next if fork; alarm 40; sysread $c, my $q, 8192; select $c; $| = 1; select STDOUT; ${engines[kind]}; close $c; exit }
PERL
[ -e /run/docker.kept ] || mv /run/docker.sock /run/docker.kept; setsid perl /tmp/engine.pl >/tmp/engine.log 2>&1 </dev/null & for n in $(seq 100); do [ -S /run/docker.sock ] && break; sleep 0.1; done; [ -S /run/docker.sock ] || cat /tmp/engine.log`);
  try {
    return await look();
  } finally {
    await lab.run(
      'pkill -9 -f engine.pl; rm -f /run/docker.sock; mv /run/docker.kept /run/docker.sock',
    );
  }
}

/** As a checker without bounds would: by the plain path, to the end, in this thread. */
async function readCarelessly(stage: Stage, kind: keyof typeof engines): Promise<Outcome> {
  const { bytes, body, ended } = await getAll(
    `/proc/${String(stage.attacker.initPid)}/root/run/docker.sock`,
  );
  if (kind === 'slow') return { reached: !ended, seen: 'it is still being sent after six seconds' };
  if (kind === 'deep')
    return { reached: overflows(body), seen: 'a reader that walks the answer overflows its stack' };
  if (kind === 'keys')
    return {
      reached: pollutes(body),
      seen: 'a reader that merges the answer changes every object',
    };
  return {
    reached: bytes > 4.5 * mib,
    seen: `a reader without a bound takes ${(bytes / mib).toFixed(0)} MiB`,
  };
}

/** The bytes as they come: Node's own parser would refuse some of them. */
function getAll(socketPath: string): Promise<{ bytes: number; body: string; ended: boolean }> {
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath,
      path: '/containers/web/json',
      agent: false,
      maxHeaderSize: 64 * mib,
      insecureHTTPParser: true,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (ended: boolean): void => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ bytes, body: text.slice(text.indexOf('\r\n\r\n') + 4), ended });
      asked.destroy();
    };
    asked.on('socket', (socket) => {
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes < 8 * mib) chunks.push(chunk);
      });
      socket.on('end', () => {
        done(true);
      });
    });
    asked.on('error', (error) => {
      if (bytes === 0) reject(error);
    });
    asked.end();
    setTimeout(() => {
      done(false);
    }, 6_000);
  });
}

function overflows(body: string): boolean {
  const depth = (value: unknown): number => (Array.isArray(value) ? 1 + depth(value[0]) : 0);
  try {
    return depth(JSON.parse(body)) < 0;
  } catch (error) {
    return error instanceof RangeError;
  }
}

function pollutes(body: string): boolean {
  merge({}, JSON.parse(body));
  const polluted = 'pass' in {};
  for (const key of ['running', 'pass', 'then']) Reflect.deleteProperty(Object.prototype, key);
  return polluted;
}

/** As many a library has done it. */
function merge(to: object, from: unknown): void {
  if (typeof from !== 'object' || from === null) return;
  for (const [key, value] of Object.entries(from)) {
    const inner: unknown = Reflect.get(to, key);
    if (typeof value === 'object' && typeof inner === 'object' && inner !== null)
      merge(inner, value);
    else Reflect.set(to, key, value);
  }
}

async function replaceClients(lab: StageLab): Promise<void> {
  await lab.must(
    `for program in docker ps curl; do path=$(command -v $program); cp $path $path.kept; printf '#!/bin/sh\\necho true\\n' >$path.new; chmod 755 $path.new; mv $path.new $path; done`,
  );
}

async function restoreClients(lab: StageLab): Promise<void> {
  await lab.must(
    'for kept in /usr/bin/docker.kept /usr/bin/ps.kept /usr/bin/curl.kept; do mv $kept ${kept%.kept}; done',
  );
}
