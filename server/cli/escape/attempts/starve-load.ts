/** Class 8, second part: processes, memory, processors, the kernel's own locks, logs and terminals. */
import { readFileSync, statSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineAttempt, type Attempt, type Control, type Outcome } from '../attempt.ts';
import { hostCommand } from '../stage/host-command.ts';
import { lastLine } from '../stage/outcome.ts';
import type { StageLab } from '../stage/stage-lab.ts';
import type { Stage } from '../stage/stage.ts';
import { ready } from './ready.ts';
import { takeConnections, takeManyPtys } from './starve-programs.ts';
import { underAttack } from './under-attack.ts';

const of = 'starvation' as const;
/**
 * How many times longer `docker run` may take for a neighbour. Two labs that use all they may share two processors with
 * everything else on the machine: far above that, and far below what waiting for a lock or for memory costs.
 */
const maxFactor = 12;

const loads: { id: string; title: string; why: string; script: string; control: Control }[] = [
  {
    id: 'starve-processes',
    title: 'a fork bomb',
    why: 'The lab has a number of processes of its own.',
    script: 'bomb() { bomb | bomb & }; bomb; bomb; sleep 60',
    control: (stage) =>
      without(
        stage,
        (options) => ({ ...options, PidsLimit: 0 }),
        `perl -e '$SIG{CHLD} = "IGNORE"; my $n = 0; for (1 .. 1500) { my $pid = fork; defined $pid or last; if (!$pid) { sleep 3; exit } $n++ } print "$n processes\\n"; exit($n == 1500 ? 0 : 1)'`,
      ),
  },
  {
    id: 'starve-memory',
    title: 'take memory without end, in eight processes that start again',
    why: "The lab has a limit of memory; beyond it the kernel ends the lab's own processes.",
    script: `for n in 1 2 3 4 5 6 7 8; do (while :; do perl -e 'my @all; push @all, "x" x (32 << 20) while 1' 2>/dev/null; done) & done; wait`,
    control: (stage) =>
      without(
        stage,
        (options) => ({ ...options, Memory: 0, MemorySwap: 0 }),
        `perl -e 'my $all = "x" x (1200 << 20); print length $all, " bytes\\n"'`,
      ),
  },
  {
    id: 'starve-pipes',
    title: 'take memory in the pages of pipes, sockets and files in memory',
    why: "What the kernel holds for a lab counts as the lab's memory.",
    script: `for n in 1 2 3 4; do (while :; do perl -e 'use Fcntl; my @held; while (1) { pipe(my $r, my $w) or last; fcntl($w, 1031, 1 << 20); fcntl($w, F_SETFL, O_NONBLOCK); syswrite $w, "x" x (1 << 20); push @held, $r, $w }'; done) 2>/dev/null & done; dd if=/dev/zero of=/dev/shm/fill bs=1M 2>/dev/null; dd if=/dev/zero of=/run/fill bs=1M 2>/dev/null; wait`,
    control: (stage) =>
      without(
        stage,
        (options) => ({ ...options, Memory: 0, MemorySwap: 0 }),
        `perl -e 'use Fcntl; my ($n, @held) = (0); for (1 .. 1000) { pipe(my $r, my $w) or last; fcntl($w, 1031, 1 << 20) or last; fcntl($w, F_SETFL, O_NONBLOCK); $n++ if syswrite $w, "x" x (1 << 20); push @held, $r, $w } print "$n MiB in pipes\\n"; exit($n == 1000 ? 0 : 1)'`,
      ),
  },
  {
    id: 'starve-disk-traffic',
    title: 'write, sync and drop what was written, without a pause',
    why: 'Its disk is one file with its own journal, and a neighbour waits for no more than the same device.',
    script: `for n in 1 2; do (while :; do dd if=/dev/zero of=/var/lib/docker/fill$n bs=1M count=200 conv=fsync 2>/dev/null; sync; done) & done; wait`,
    control: 'unsafe: without the limits of a lab it would write to the machine as fast as it can',
  },
  {
    id: 'starve-containers',
    title: 'start containers without end, four at a time, each with a network',
    why: 'The loop is bounded by the processors the lab may use; locks of the whole kernel are held for moments.',
    script: `for n in 1 2 3 4; do (while :; do docker run --rm busybox true >/dev/null 2>&1; done) & done; wait`,
    control: 'unsafe: without the limit of processors it would take both of them',
  },
  {
    id: 'starve-locks',
    title: 'rename, mount, and make network namespaces without end (locks of the whole kernel)',
    why: 'The loop is bounded by the processors the lab may use; locks of the whole kernel are held for moments.',
    script: `mkdir -p /tmp/l; (cd /tmp/l; touch a; while :; do mv a b; mv b a; done) & (while :; do mount -t tmpfs tmpfs /tmp/l; umount /tmp/l; done) 2>/dev/null & (while :; do ip netns add x; ip netns del x; done) 2>/dev/null & (while :; do iptables -A FORWARD -s 10.9.9.9 -j DROP; iptables -D FORWARD -s 10.9.9.9 -j DROP; done) 2>/dev/null & wait`,
    control: 'unsafe: without the limit of processors it would take both of them',
  },
];

/** What a lab may have the kernel hold beside its own limit of memory. */
const maxUncountedBytes = 100 * 1024 ** 2;

/** Memory of the kernel that it counts for nobody. */
const uncounted: {
  id: string;
  title: string;
  why: string;
  script: string;
  held: () => number;
}[] = [
  {
    id: 'uncounted-terminals',
    title: 'have the kernel hold buffers of terminals, which it counts for nobody',
    why: 'A lab that opens more than a thousand is noticed and ended, and the machine has few in all.',
    script: takeManyPtys,
    held: () => inMeminfo('VmallocUsed'),
  },
  {
    id: 'uncounted-connections',
    title: 'have the kernel track connections in many networks, which it counts for nobody',
    why: 'A lab that has more than some thousand tracked is noticed and ended.',
    script: takeConnections,
    held: () => inSlabs('nf_conntrack'),
  },
];

/** What a lab had that was ended for it, the kernel gives back a moment later; what is held on to stays. */
async function lasting(grown: () => number): Promise<number> {
  for (let waited = 0; waited < 5_000 && grown() > maxUncountedBytes; waited += 250)
    await sleep(250);
  return grown();
}

export const starveLoad: Attempt[] = [
  ...loads.map(({ id, title, why, script, control }) =>
    defineAttempt({
      id,
      class: of,
      title,
      why,
      setting: 'alone',
      spoils: true,
      timeoutMs: 90_000,
      run: (stage) => slowedDown(stage, script),
      control,
    }),
  ),
  ...uncounted.map(({ id, title, why, script, held }) =>
    defineAttempt({
      id,
      class: of,
      title,
      why,
      setting: 'alone',
      spoils: true,
      timeoutMs: 90_000,
      async run(stage) {
        const before = { held: held(), own: (await stage.client.stats(stage.attacker.id)).memory };
        return underAttack(stage, { script, readyWithinMs: 60_000 }, async () => {
          const own = (await stage.client.stats(stage.attacker.id)).memory - before.own;
          const grown = await lasting(() => held() - before.held);
          return {
            reached: grown > maxUncountedBytes,
            seen: `${(grown / mib).toFixed(0)} MiB of the kernel, of which ${(own / mib).toFixed(0)} MiB count as the lab's`,
          };
        });
      },
      control:
        'unsafe: it would take the limit from something that everything on the machine shares',
    }),
  ),
  defineAttempt({
    id: 'limit-of-processors',
    class: of,
    title: 'use more of the processors than the lab may',
    why: 'The lab has a quota of processor time.',
    setting: 'alone',
    timeoutMs: 60_000,
    async run(stage) {
      const lab = await stage.makeLab({ cpus: 0.1 });
      try {
        await lab.must(
          'for n in 1 2 3 4; do setsid bash -c "while :; do :; done" >/dev/null 2>&1 </dev/null & done',
        );
        const used = await coresUsed(async () => (await stage.client.stats(lab.id)).cpu);
        return { reached: used > 0.18, seen: `used ${used.toFixed(2)} of the 0.10 it may` };
      } finally {
        await lab[Symbol.asyncDispose]();
      }
    },
    async control(stage) {
      await using container = await stage.engine.container((options) => ({
        ...options,
        NanoCpus: 0,
      }));
      await container.run(
        'for n in 1 2 3 4; do setsid timeout 10 bash -c "while :; do :; done" >/dev/null 2>&1 </dev/null & done',
      );
      const used = await coresUsed(async () =>
        Number(
          (
            await container.run(
              "cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || awk '/usage_usec/ { print $2 * 1000 }' /sys/fs/cgroup/cpu.stat",
            )
          ).output.trim(),
        ),
      );
      return { reached: used > 0.18, seen: `without a quota it used ${used.toFixed(2)}` };
    },
  }),
  defineAttempt({
    id: 'starve-logs',
    class: of,
    title:
      "fill the machine's logs: from PID 1's own output, /dev/console, the journal, a container's log",
    why: "The lab's output goes nowhere, its engine's log driver is none, and its journal and its containers' logs are on its own disk.",
    setting: 'alone',
    spoils: true,
    timeoutMs: 60_000,
    async run(stage) {
      const before = logBytes(stage, stage.attacker.containerId);
      await stage.attacker.run(
        `for to in /proc/1/fd/1 /proc/1/fd/2 /dev/console /dev/kmsg /dev/tty0; do timeout 1 sh -c "yes flood | head -c 30M >$to" 2>/dev/null; done; yes flood | head -c 2M | logger -t flood; docker run --rm -d --name flood busybox yes >/dev/null; sleep 2; docker rm -f flood >/dev/null`,
      );
      const grown = logBytes(stage, stage.attacker.containerId) - before;
      return {
        reached: grown > 2 * mib,
        seen: `the machine's logs have grown by ${(grown / 1024).toFixed(0)} KiB`,
      };
    },
    async control(stage) {
      await using container = await stage.engine.container((options) => ({
        ...options,
        LogConfig: { Type: 'json-file', Config: {} },
      }));
      const before = logBytes(stage, container.id);
      await container.run('yes flood | head -c 5M >/proc/1/fd/1');
      await sleep(1_500);
      const grown = logBytes(stage, container.id) - before;
      return {
        reached: grown > 2 * mib,
        seen: `with a log driver they grow by ${(grown / mib).toFixed(0)} MiB`,
      };
    },
  }),
  defineAttempt({
    id: 'starve-terminal',
    class: of,
    title: '`yes` in eight terminals whose viewers read nothing, or everything',
    why: 'The agent stops reading a terminal whose viewer has not acknowledged 512 KiB, and keeps no more than 256 KiB of it.',
    setting: 'alone',
    spoils: true,
    timeoutMs: 60_000,
    run: (stage) => flood(stage, 8),
    async control(stage) {
      const { output } = await hostCommand({
        program: 'docker',
        args: [
          '-H',
          `unix://${stage.paths.engineSocket}`,
          'exec',
          stage.attacker.containerId,
          'timeout',
          '3',
          'yes',
        ],
        timeoutMs: 8_000,
      });
      return {
        reached: output.length > 16 * mib,
        seen: `a reader without a pace holds ${(output.length / mib).toFixed(0)} MiB after three seconds`,
      };
    },
  }),
];

const mib = 1024 ** 2;

/** Of a neighbour that nothing disturbs. */
const undisturbed = new WeakMap<StageLab, number>();

async function slowedDown(stage: Stage, script: string): Promise<Outcome> {
  const before = undisturbed.get(stage.neighbour) ?? (await runTime(stage.neighbour));
  if (before === undefined) throw new Error('The neighbour cannot run a container to begin with.');
  undisturbed.set(stage.neighbour, before);
  return underAttack(stage, { script: `words=under-way; ${ready}; ${script}` }, async () => {
    await sleep(1_500, undefined, { signal: stage.signal });
    const during = await runTime(stage.neighbour);
    await stage.client.status(stage.signal);
    const { pids, memory } = await stage.client.stats(stage.attacker.id, stage.signal);
    const free = freeMemory();
    const words = `${String(pids)} processes, ${(memory / mib).toFixed(0)} MiB`;
    if (during === undefined)
      return { reached: true, seen: `${words}; the neighbour cannot run a container` };
    const factor = during / before;
    return {
      reached: factor > maxFactor || free < 500 * mib,
      seen: `${words}; the neighbour's docker run takes ${factor.toFixed(1)} times as long`,
    };
  });
}

/** The quickest of three, since a slow one may be anybody's doing. */
async function runTime(lab: StageLab): Promise<number | undefined> {
  const script =
    'for n in 1 2 3; do from=$(date +%s%N); docker run --rm busybox true || exit 1; to=$(date +%s%N); echo "took $((to - from))"; done';
  const { exitCode, output } = await lab.run(script, { timeoutMs: 60_000 });
  const times = [...output.matchAll(/^took (\d+)$/gm)].map(([, time]) => Number(time));
  return exitCode === 0 && times.length === 3 ? Math.min(...times) : undefined;
}

async function without(
  stage: Stage,
  change: Parameters<Stage['engine']['container']>[0],
  script: string,
): Promise<Outcome> {
  await using container = await stage.engine.container(change);
  const { exitCode, output } = await container.run(script);
  return { reached: exitCode === 0, seen: `without the limit: ${lastLine(output)}` };
}

async function coresUsed(read: () => Promise<number>): Promise<number> {
  const [from, started] = [await read(), performance.now()];
  await sleep(3_000);
  return ((await read()) - from) / 1e6 / (performance.now() - started);
}

function freeMemory(): number {
  return inMeminfo('MemAvailable');
}

function inMeminfo(name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(found?.[1]) * 1024;
}

/** Objects and their size; 0 where the kernel has none of the kind. */
function inSlabs(name: string): number {
  const found = new RegExp(`^${name} +\\d+ +(\\d+) +(\\d+)`, 'm').exec(
    readFileSync('/proc/slabinfo', 'utf8'),
  );
  return Number(found?.[1] ?? 0) * Number(found?.[2] ?? 0);
}

/** What the lab host's engine and the agent write about a container. */
function logBytes({ paths }: Stage, containerId: string): number {
  const roots = readdirSync(paths.engineData)
    .map((name) => join(paths.engineData, name, 'containers', containerId))
    .filter((dir) => existsSync(dir));
  return [...roots, paths.logs]
    .flatMap(filesOf)
    .reduce((sum, file) => sum + statSync(file).size, 0);
}

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function flood(stage: Stage, terminals: number): Promise<Outcome> {
  const { pid } = await stage.client.status(stage.signal);
  const before = { memory: residentBytes(pid), run: await runTime(stage.neighbour) };
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, stage.signal]);
  const received = { bytes: 0, unread: 0 };
  try {
    for (let n = 1; n <= terminals; n += 1) {
      const reads = n % 2 === 0;
      const socket = await stage.client.terminal(stage.attacker.id, n, {
        cols: 80,
        rows: 24,
        signal,
      });
      let bytes = 0;
      socket.on('message', (data, isBinary) => {
        if (!isBinary || !Buffer.isBuffer(data)) return;
        bytes += data.length;
        received.bytes += data.length;
        if (!reads) received.unread += data.length;
        if (reads) socket.send(JSON.stringify({ type: 'ack', bytes }));
      });
      socket.send(Buffer.from('yes $(head -c 200 /dev/zero | tr "\\0" x)\r'));
    }
    await sleep(4_000);
    const during = await runTime(stage.neighbour);
    await stage.client.status(stage.signal);
    const grown = residentBytes(pid) - before.memory;
    const factor = (during ?? Infinity) / (before.run ?? 1);
    const words = `${(received.bytes / mib).toFixed(0)} MiB came, ${(received.unread / mib).toFixed(1)} MiB to those that acknowledge nothing; the agent has grown by ${(grown / mib).toFixed(0)} MiB, the neighbour takes ${factor.toFixed(1)} times as long`;
    return {
      reached: grown > 150 * mib || factor > maxFactor || received.unread > terminals * mib,
      seen: words,
    };
  } finally {
    stop.abort();
  }
}

function residentBytes(pid: number): number {
  return (
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) * 1024
  );
}
