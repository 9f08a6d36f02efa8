/** Class 3, second half: what is planted where the verifier reads. The control reads as a careless verifier would: by plain paths. */
import { readFileSync, statSync, closeSync, openSync, readSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import type { Answer } from '../../../protocol/questions.ts';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import type { Stage } from '../stage/stage.ts';

const of = 'engine-socket' as const;
const inRoot =
  "The verifier opens every path below the lab's root with openat2 (RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS), from a place where nothing of the machine is.";
const folder = '/var/tmp/planted';

/** A link of each kind, to the canary; `@canary` is its path on the machine. */
const links: [id: string, what: string, make: string, path?: string][] = [
  ['absolute', 'an absolute link', `ln -s @canary ${folder}/absolute`],
  [
    'chain',
    'a chain of links through directories',
    `ln -s / ${folder}/up; ln -s up@canary ${folder}/chain`,
  ],
  [
    'directory',
    'a link in the middle of the path',
    `ln -s @folder ${folder}/middle`,
    `${folder}/middle/canary`,
  ],
  [
    'mounted',
    'a link in a file system mounted over the path',
    `mkdir ${folder}/mounted; mount -t tmpfs tmpfs ${folder}/mounted; ln -s @canary ${folder}/mounted/link`,
    `${folder}/mounted/link`,
  ],
];

export const plantedPaths: Attempt[] = [
  ...links.map(([id, what, make, path = `${folder}/${id}`]) =>
    defineAttempt({
      id: `link-${id}`,
      class: of,
      title: `lead the verifier to a file of the machine by ${what}`,
      why: inRoot,
      run: async (stage) => {
        await plant(stage, make);
        const answers = [
          await stage.attacker.ask({ kind: 'file', path }),
          await stage.attacker.ask({ kind: 'list', path }),
        ];
        return judge(stage, answers.map(bodyOf), answers.map(inWords).join('; '));
      },
      control: async (stage) => {
        await plant(stage, make);
        return judge(stage, [readPlainly(stage, path)], 'the plain path leads to the canary');
      },
    }),
  ),
  defineAttempt({
    id: 'magic-links',
    class: of,
    title:
      'lead the verifier by magic links: /proc/1/root, /proc/self/root, /proc/self/cwd, /proc/thread-self/fd/N',
    why: inRoot,
    async run(stage) {
      const targets = [
        '/proc/1/root',
        '/proc/self/root',
        '/proc/self/cwd',
        '/proc/thread-self/root',
        ...[3, 4, 5, 6, 7, 8, 9].map((fd) => `/proc/self/fd/${String(fd)}`),
      ];
      await plant(
        stage,
        `rm -f ${folder}/magic-*; n=0; for target in ${targets.join(' ')}; do ln -s $target ${folder}/magic-$n; n=$((n + 1)); done`,
      );
      const paths = targets.flatMap((target, n) => [
        `${folder}/magic-${String(n)}${stage.canaries.file}`,
        `${folder}/magic-${String(n)}/canary`,
        `${target}${stage.canaries.file}`,
      ]);
      const answers = await Promise.all(
        paths.map((path) => stage.attacker.ask({ kind: 'file', path })),
      );
      return judge(stage, answers.map(bodyOf), [...new Set(answers.map(inWords))].join('; '));
    },
    control: (stage) =>
      Promise.resolve(
        judge(
          stage,
          [readFileSync(`/proc/self/root${stage.canaries.file}`, 'utf8')],
          'the reader follows its own /proc/self/root',
        ),
      ),
  }),
  defineAttempt({
    id: 'socket-link',
    class: of,
    title:
      "make /run/docker.sock a link to the lab host's engine, absolute, relative and by magic links",
    why: inRoot,
    setting: 'own',
    async run(stage) {
      const engine = stage.paths.engineSocket;
      const answers: Answer[] = [];
      for (const target of [
        engine,
        `../../../../..${engine}`,
        `/proc/1/root${engine}`,
        `/proc/self/root${engine}`,
        `/run/../run/.sys/../..${engine}`,
      ]) {
        await stage.attacker.must(
          `[ -e /run/docker.kept ] || mv /run/docker.sock /run/docker.kept; rm -f /run/docker.sock; ln -s ${target} /run/docker.sock`,
        );
        answers.push(await stage.attacker.ask({ kind: 'docker', path: '/info' }));
      }
      await stage.attacker.must('rm -f /run/docker.sock; mv /run/docker.kept /run/docker.sock');
      const engineId = await stage.engine.engineId();
      return {
        reached: answers.some((answer) => bodyOf(answer).includes(engineId)),
        seen: [...new Set(answers.map(inWords))].join('; '),
      };
    },
    async control(stage) {
      await stage.attacker.must(
        `mv /run/docker.sock /run/docker.kept; ln -s ${stage.paths.engineSocket} /run/docker.sock`,
      );
      const answer = await getPlainly(stage, '/run/docker.sock');
      await stage.attacker.must('rm -f /run/docker.sock; mv /run/docker.kept /run/docker.sock');
      return {
        reached: answer.includes(await stage.engine.engineId()),
        seen: 'the plain path leads to the engine of the lab host',
      };
    },
  }),
  defineAttempt({
    id: 'race-file',
    class: of,
    title:
      'flip a path between a regular file and a link to a file of the machine, while the verifier reads it hundreds of times',
    why: `There is no moment between look and use: ${inRoot}`,
    timeoutMs: 60_000,
    async run(stage) {
      const flipping = flip(stage, stage.canaries.file, 6);
      const paths = [flipped, `${folder}/race-folder/canary`];
      const answers = await during(flipping, async () =>
        Promise.all(paths.map((path) => stage.attacker.ask({ kind: 'file', path }))),
      );
      return judge(stage, answers.flat().map(bodyOf), enough(answers.flat(), 100));
    },
    async control(stage) {
      const flipping = flip(stage, stage.canaries.file, 4);
      const seen = await during(flipping, async () => readPlainly(stage, flipped));
      return judge(stage, seen, `${share(seen, stage.canaries.token)} plain reads saw the canary`);
    },
  }),
  defineAttempt({
    id: 'race-socket',
    class: of,
    title:
      "flip /run/docker.sock between the lab's engine and a link to the lab host's, while the verifier asks it again and again",
    why: inRoot,
    setting: 'own',
    timeoutMs: 60_000,
    async run(stage) {
      const engineId = await stage.engine.engineId();
      const flipping = flipSocket(stage, 6);
      const answers = await during(flipping, () =>
        stage.attacker.ask({ kind: 'docker', path: '/info' }),
      );
      return {
        reached: answers.some((answer) => bodyOf(answer).includes(engineId)),
        seen: enough(answers, 25),
      };
    },
    async control(stage) {
      const engineId = await stage.engine.engineId();
      const flipping = flipSocket(stage, 4);
      const answers = await during(flipping, () => getPlainly(stage, '/run/docker.sock'));
      return {
        reached: answers.some((answer) => answer.includes(engineId)),
        seen: `${share(answers, engineId)} plain connections met the lab host's engine`,
      };
    },
  }),
  defineAttempt({
    id: 'pipe',
    class: of,
    title: 'put a FIFO where the verifier reads, to hold it for ever',
    why: 'A path is first opened as a mere place (O_PATH); only a regular file is read then, and never by waiting.',
    async run(stage) {
      await plant(stage, `mkfifo ${folder}/pipe`);
      const started = performance.now();
      const answer = await stage.attacker.ask({ kind: 'file', path: `${folder}/pipe` });
      const fine = answer.ok && bodyOf(answer).includes('"fifo"');
      return {
        reached: !fine,
        seen: `${inWords(answer)}${performance.now() - started > 2_000 ? ', late' : ''}`,
      };
    },
    control: async (stage) => {
      await plant(stage, `mkfifo ${folder}/pipe`);
      const answer = await Promise.race([
        readInThread(`/proc/${String(stage.attacker.initPid)}/root${folder}/pipe`),
        wait(1_500),
      ]);
      return {
        reached: answer === 'held',
        seen: answer === 'held' ? 'a plain read is held' : answer,
      };
    },
  }),
  defineAttempt({
    id: 'endless-device',
    class: of,
    title: 'put /dev/zero and /dev/tty where the verifier reads, to feed it without end',
    why: 'Devices are told as devices and never opened.',
    async run(stage) {
      await plant(stage, `ln -s /dev/zero ${folder}/zero; ln -s /dev/tty ${folder}/tty`);
      const answers = await Promise.all(
        ['zero', 'tty'].map((name) =>
          stage.attacker.ask({ kind: 'file', path: `${folder}/${name}`, maxBytes: 1024 * 1024 }),
        ),
      );
      const bodies = answers.map(bodyOf);
      return {
        reached: bodies.some((body) => !body.includes('"device"') || body.includes('\0')),
        seen: answers.map(inWords).join('; '),
      };
    },
    async control(stage) {
      await plant(stage, `ln -s /dev/zero ${folder}/zero`);
      const file = openSync(`/proc/${String(stage.attacker.initPid)}/root/dev/zero`, 'r');
      const size = readSync(file, Buffer.alloc(8 * 1024 * 1024));
      closeSync(file);
      return {
        reached: size === 8 * 1024 * 1024,
        seen: `a plain read took ${String(size)} bytes and could have gone on`,
      };
    },
  }),
  defineAttempt({
    id: 'growing-file',
    class: of,
    title: 'put a file of 100 GB of holes where the verifier reads',
    why: 'No more is read than the question asks for, and no question may ask for more than 1 MiB.',
    async run(stage) {
      await plant(stage, `truncate -s 100G ${folder}/holes`);
      const answer = await stage.attacker.ask({
        kind: 'file',
        path: `${folder}/holes`,
        maxBytes: 1024 * 1024,
      });
      const size = bodyOf(answer).length;
      return {
        reached: !answer.ok || size > 1024 * 1024 + 1000,
        seen: `the answer has ${String(size)} bytes`,
      };
    },
    async control(stage) {
      await plant(stage, `truncate -s 100G ${folder}/holes`);
      const { size } = statSync(`/proc/${String(stage.attacker.initPid)}/root${folder}/holes`);
      return {
        reached: size > 1024 ** 3,
        seen: `a reader that reads to the end reads ${String(size)} bytes`,
      };
    },
  }),
];

const flipped = `${folder}/race`;

async function plant(stage: Stage, make: string): Promise<void> {
  const script = make
    .replaceAll('@canary', stage.canaries.file)
    .replaceAll('@folder', stage.canaries.folder);
  const names = [...script.matchAll(new RegExp(`${folder}/([\\w-]+)`, 'g'))].map(
    ([whole]) => whole,
  );
  await stage.attacker.must(
    `mkdir -p ${folder}; chmod 755 ${folder}; ${names.some((name) => name.endsWith('/mounted')) ? `umount ${folder}/mounted 2>/dev/null;` : ''} rm -rf ${[...new Set(names)].join(' ')}; ${script}`,
  );
}

/** Exchanges the names in one call, so that there is always one of the two and never none. */
function flip(stage: Stage, target: string, seconds: number): Promise<unknown> {
  const parent = target.slice(0, target.lastIndexOf('/'));
  return stage.attacker.run(
    `mkdir -p ${folder}/race-folder ${folder}/aside; echo harmless | tee ${folder}/race-folder/canary >${flipped}; ln -sf ${target} ${folder}/race-link; ln -sfn ${parent} ${folder}/race-folder-link
    perl -e '${exchangeLoop(seconds, [
      [flipped, `${folder}/race-link`],
      [`${folder}/race-folder`, `${folder}/race-folder-link`],
    ])}'`,
    { timeoutMs: (seconds + 10) * 1000 },
  );
}

function flipSocket(stage: Stage, seconds: number): Promise<unknown> {
  return stage.attacker.run(
    `ln -sf ${stage.paths.engineSocket} /run/docker-link; perl -e '${exchangeLoop(seconds, [['/run/docker.sock', '/run/docker-link']])}'; [ -S /run/docker.sock ] && [ ! -L /run/docker.sock ] || perl -e '${exchange('/run/docker.sock', '/run/docker-link')}'`,
    { timeoutMs: (seconds + 10) * 1000 },
  );
}

function exchangeLoop(seconds: number, pairs: [string, string][]): string {
  return `my $end = time + ${String(seconds)}; while (time < $end) { for (1 .. 200) { ${pairs.map(([a, b]) => exchange(a, b)).join(' ')} } }`;
}

function exchange(a: string, b: string): string {
  const renameat2 = process.arch === 'arm64' ? 276 : 316;
  return `{ my ($a, $b) = ("${a}", "${b}"); syscall(${String(renameat2)}, -100, $a, -100, $b, 2); }`;
}

/** Eight at a time, for as long as the flipping goes on. */
async function during<T>(flipping: Promise<unknown>, act: () => Promise<T>): Promise<T[]> {
  const state = { over: false };
  const ended = flipping.finally(() => (state.over = true));
  const results: T[] = [];
  while (!state.over) {
    results.push(...(await Promise.all(Array.from({ length: 8 }, act))));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ended;
  return results;
}

function share(texts: string[], token: string): string {
  return `${String(texts.filter((one) => one.includes(token)).length)} of ${String(texts.length)}`;
}

/** Few questions, or questions that met one side of the flip alone, prove nothing. */
function enough(answers: Answer[], least: number): string {
  const answered = answers.filter((answer) => answer.ok).length;
  if (answers.length < least || answered === 0 || answered === answers.length)
    throw new Error(`The race was not run: ${tally(answers)}`);
  return tally(answers);
}

function readPlainly(stage: Stage, path: string): string {
  try {
    return readFileSync(`/proc/${String(stage.attacker.initPid)}/root${path}`, 'utf8');
  } catch (error) {
    return String(error);
  }
}

function getPlainly(stage: Stage, path: string): Promise<string> {
  const socketPath = `/proc/${String(stage.attacker.initPid)}/root${path}`;
  return new Promise((resolve) => {
    const asked = request(
      {
        socketPath,
        path: '/info',
        headers: { host: 'docker' },
        agent: false,
        signal: AbortSignal.timeout(3_000),
      },
      (response) => {
        text(response).then(resolve, String);
      },
    );
    asked.on('error', (error) => {
      resolve(String(error));
    });
    asked.end();
  });
}

/** Opening a FIFO holds the whole thread, which cannot be ended then: so another one, and a writer that lets it go. */
async function readInThread(path: string): Promise<string> {
  const worker = new Worker(`require('node:fs').readFileSync(${JSON.stringify(path)}); `, {
    eval: true,
  });
  setTimeout(() => {
    closeSync(openSync(path, 'r+'));
  }, 2_000);
  return new Promise((resolve) => {
    worker.once('exit', () => {
      resolve('a plain read came back');
    });
    worker.once('error', (error) => {
      resolve(String(error));
    });
  });
}

async function wait(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return 'held';
}

function judge(stage: Stage, bodies: string[], seen: string): Outcome {
  return {
    reached: bodies.some((body) => body.includes(stage.canaries.token)),
    seen: seen.slice(0, 200),
  };
}

function bodyOf(answer: Answer): string {
  return answer.ok ? Buffer.from(answer.body, 'base64').toString('latin1') : '';
}

function inWords(answer: Answer): string {
  return answer.ok
    ? (bodyOf(answer).slice(0, 40).split('\n')[0] ?? '')
    : `${answer.reason}: ${answer.detail}`;
}

function tally(answers: Answer[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    const kind = answer.ok ? 'answered' : answer.reason;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${String(count)} ${kind}`).join(', ');
}
