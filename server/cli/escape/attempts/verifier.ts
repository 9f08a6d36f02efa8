/** Class 5: the verifier, which looks into labs from outside, and the agent. */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Question } from '../../../protocol/questions.ts';
import {
  defineAttempt,
  defineScript,
  inOwnMounts,
  type Attempt,
  type Outcome,
} from '../attempt.ts';
import { cgroupDirs, removeCgroups } from '../../../lab-host/labs/cgroup-files.ts';
import { hostCommand } from '../stage/host-command.ts';
import { lastLine } from '../stage/outcome.ts';
import type { StageLab } from '../stage/stage-lab.ts';
import type { Stage } from '../stage/stage.ts';
import { withMachineProcesses } from '../stage/variants.ts';

const of = 'verifier' as const;

export const verifier: Attempt[] = [
  defineAttempt({
    id: 'verifier-in-sight',
    class: of,
    title: "see, trace or signal the verifier's programs while they work in the lab's network",
    why: "They enter the network namespace alone, and stay in the machine's process namespace.",
    async run(stage) {
      const watching = stage.attacker.run(
        watchFor('drydock-probe|curl|dig|iptables-save|verifier', 5),
        { timeoutMs: 15_000 },
      );
      await sleep(500);
      const questions: Question[] = [
        { kind: 'http', url: 'http://127.0.0.1:1/' },
        { kind: 'dns', name: 'x.test', server: '127.0.0.1', timeoutMs: 1_000 },
        { kind: 'rules' },
        { kind: 'ports' },
        { kind: 'ip', object: 'address' },
      ];
      for (let round = 0; round < 6; round += 1)
        await Promise.all(questions.map((question) => stage.attacker.ask(question)));
      return {
        ...caught((await watching).output),
        reached: (await watching).output.includes('CAUGHT'),
      };
    },
    control: async (stage) => {
      const watching = stage.attacker.run(watchFor('curl', 4), { timeoutMs: 15_000 });
      await sleep(500);
      await hostCommand({
        program: 'nsenter',
        args: [
          '-t',
          String(stage.attacker.initPid),
          '--net',
          '--pid',
          '--',
          'curl',
          '-s',
          '-m',
          '2',
          'http://127.0.0.1:1/',
          '--retry',
          '2',
          '--retry-connrefused',
        ],
      });
      return caught((await watching).output);
    },
  }),
  defineScript({
    id: 'agent-signal',
    class: of,
    title: "signal the agent and the lab host's engine, by the numbers that the machine gives them",
    why: 'The lab has a process namespace of its own.',
    script: `for pid in $(ls /proc | grep -E '^[0-9]+$'); do tr '\\0' ' ' </proc/$pid/cmdline 2>/dev/null | grep -qE 'lab-host/main.ts|dockerd.*--exec-root' || continue; [ $pid != $$ ] && kill -0 $pid && { echo "may signal process $pid"; exit 0; }; done; echo 'neither is in sight'; exit 1`,
    control: withMachineProcesses,
  }),
  defineAttempt({
    id: 'agent-files',
    class: of,
    title:
      "find the agent's socket, its files and the verifier's in the lab or through what enters it",
    why: "None of the agent's files is in a lab.",
    run: (stage) => stage.attacker.try(inOwnMounts(findAgent(stage))),
    async control(stage) {
      await using container = await stage.engine.container((options) => ({
        ...options,
        Binds: [`${stage.paths.runDir}:${stage.paths.runDir}`],
      }));
      const { exitCode, output } = await container.run(findAgent(stage));
      return { reached: exitCode === 0, seen: lastLine(output) };
    },
  }),
  defineAttempt({
    id: 'hidden-process',
    class: of,
    title:
      'hide a process from the verifier in a cgroup with a dot in front, a very deep one, and one with a very long path',
    why: 'What cannot be looked into makes the answer no answer.',
    setting: 'own',
    spoils: true,
    async run(stage) {
      await stage.attacker.must(`root=/sys/fs/cgroup/systemd; [ -d $root ] || root=/sys/fs/cgroup
        hide() { (echo $BASHPID >$2/cgroup.procs && exec -a hidden-$1 sleep 60) >/dev/null 2>&1 </dev/null & }
        mkdir $root/.hidden; hide dot $root/.hidden
        deep=$root; for n in $(seq 140); do deep=$deep/d; mkdir $deep || break; done; hide deep $deep
        name=$(printf 'n%.0s' $(seq 240)); cd $root; for n in $(seq 18); do mkdir $name && cd $name || break; done; hide long .
        sleep 0.5; [ "$(pgrep -fc '^hidden-')" = 3 ]`);
      const answer = await stage.attacker.ask({ kind: 'processes' });
      await stage.attacker.run(
        `pkill -9 '^hidden-'; sleep 0.3; for root in /sys/fs/cgroup/systemd /sys/fs/cgroup; do find $root/.hidden $root/d $root/nnn* -depth -type d -delete; done`,
      );
      const hidden = answer.ok
        ? ['dot', 'deep', 'long'].filter((way) => !bodyOf(answer).includes(`hidden-${way}`))
        : [];
      return {
        reached: hidden.length > 0,
        seen: hidden.length > 0 ? `not in the answer: ${hidden.join(', ')}` : tally([answer]),
      };
    },
    /** A verifier that looks into a namespace of processes by its /proc, as the lab shows it. */
    async control(stage) {
      const token = 'hidden-process';
      await stage.attacker.must(
        `(exec -a ${token} sleep 30) >/dev/null 2>&1 </dev/null & sleep 0.3; pid=$(pgrep -xf '${token} 30'); mkdir -p /tmp/empty; mount --bind /tmp/empty /proc/$pid`,
      );
      const { output } = await hostCommand({
        program: 'nsenter',
        args: [
          '-t',
          String(stage.attacker.initPid),
          '--mount',
          '--pid',
          '--',
          'sh',
          '-c',
          'cat /proc/[0-9]*/cmdline | tr "\\0" " "',
        ],
      });
      return {
        reached: !output.includes(token),
        seen: "a look at the lab's own /proc does not show it",
      };
    },
  }),
  defineAttempt({
    id: 'cgroups-left-behind',
    class: of,
    title: 'leave cgroups behind that lie too deep to be removed by their path',
    why: 'What is left of a lab is removed from the inside out, step by step.',
    setting: 'own',
    async run(stage) {
      const lab = await stage.makeLab();
      await lab.must(nestDeeply);
      await lab[Symbol.asyncDispose]();
      const left = cgroupDirs(stage.paths.cgroupParent, lab.containerId);
      await removeCgroups(stage.paths.cgroupParent, lab.containerId);
      return {
        reached: left.length > 0,
        seen: left.length > 0 ? `left: ${left[0] ?? ''}` : 'nothing is left of the lab',
      };
    },
    /** A removal that names each folder by its whole path. */
    async control(stage) {
      await using lab = await stage.makeLab();
      await lab.must(nestDeeply);
      const folder = cgroupDirs(stage.paths.cgroupParent, lab.containerId).find((dir) =>
        readdirSync(dir).some((name) => name.startsWith('nnn')),
      );
      if (folder === undefined) throw new Error('The lab has no such cgroups.');
      try {
        readdirSync(folder, { recursive: true, withFileTypes: true });
        return { reached: false, seen: 'every path can be named' };
      } catch (error) {
        return { reached: true, seen: String(error).slice(0, 60) };
      } finally {
        await lab.run(`pkill sleep`);
      }
    },
  }),
  defineAttempt({
    id: 'forged-process',
    class: of,
    title:
      "forge another process in the verifier's answer by quotes, braces and line ends in a name",
    why: 'The verifier writes every string as JSON has it.',
    async run(stage) {
      await stage.attacker.must(forge);
      const answer = await stage.attacker.ask({ kind: 'processes' });
      await stage.attacker.run('pkill -f forged');
      const names = argsOf(answer);
      return {
        reached: names.includes('forged-init'),
        seen: names.some((name) => name.includes('forged-init'))
          ? 'the name is told as the name it is'
          : 'the process is not told',
      };
    },
    async control(stage) {
      await stage.attacker.must(forge);
      const { output } = await hostCommand({
        program: 'sh',
        args: [
          '-c',
          `for dir in /proc/[0-9]*; do tr '\\0' ' ' <$dir/cmdline | grep forged-init; done`,
        ],
      });
      await stage.attacker.run('pkill -f forged');
      // Among words of the shell's about processes that have ended meanwhile.
      const [name = ''] =
        output
          .split('\n')
          .find((one) => one.startsWith('x"]}'))
          ?.split(' ') ?? [];
      const careless: unknown = JSON.parse(`[{"args":["${name}"]}]`);
      return {
        reached: Array.isArray(careless) && careless.length > 1,
        seen: 'a careless writer lets it become a process of its own',
      };
    },
  }),
  defineAttempt({
    id: 'slow-answers',
    class: of,
    title: 'hold all of the verifier by slow answers, so that a neighbour is not judged',
    why: 'A lab has so many questions at once, and each its time; the others wait for none of them.',
    setting: 'alone',
    spoils: true,
    timeoutMs: 60_000,
    async run(stage) {
      await stage.attacker.must(
        `mv /run/docker.sock /run/docker.kept; setsid perl -MSocket -e 'socket my $s, PF_UNIX, SOCK_STREAM, 0; bind $s, sockaddr_un("/run/docker.sock") or die $!; listen $s, 200; my @held; alarm 60; while (accept my $c, $s) { push @held, $c }' >/dev/null 2>&1 </dev/null & sleep 0.5`,
      );
      const slow = Promise.allSettled(
        Array.from({ length: 24 }, (_, n) =>
          stage.attacker.ask({ kind: 'docker', path: `/slow/${String(n)}`, timeoutMs: 3_000 }),
        ),
      );
      await sleep(300);
      const started = performance.now();
      const answer = await stage.neighbour.ask({ kind: 'docker', path: '/_ping' });
      const waited = (performance.now() - started) / 1000;
      await slow;
      return {
        reached: !answer.ok || waited > 4,
        seen: `the neighbour's question took ${waited.toFixed(1)} s beside 24 slow ones`,
      };
    },
    /** The asking lab itself: its own questions do wait. */
    async control(stage) {
      await stage.attacker.must(
        `setsid perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 4777, Listen => 200) or die $!; my @held; alarm 40; while (my $c = $s->accept) { push @held, $c }' >/dev/null 2>&1 </dev/null & ip link set lo up; sleep 0.5`,
      );
      const slow = Promise.allSettled(
        Array.from({ length: 24 }, () =>
          stage.attacker.ask({ kind: 'http', url: 'http://127.0.0.1:4777/', timeoutMs: 3_000 }),
        ),
      );
      await sleep(200);
      const started = performance.now();
      await stage.attacker.ask({ kind: 'docker', path: '/_ping' }).catch(() => undefined);
      const waited = (performance.now() - started) / 1000;
      await slow;
      return {
        reached: waited > 3,
        seen: `a question of the same lab took ${waited.toFixed(1)} s`,
      };
    },
  }),
  defineAttempt({
    id: 'hung-file-system',
    class: of,
    title: 'hold the verifier for ever in a FUSE file system that takes requests and answers none',
    why: 'The kernel lets nobody outside a user namespace into its FUSE; were it let in, a supervisor that touches nothing of the lab would end the question in time.',
    setting: 'own',
    spoils: true,
    timeoutMs: 60_000,
    async run(stage) {
      await hang(stage.attacker);
      const answers = await Promise.all(
        Array.from({ length: 24 }, () =>
          stage.attacker.ask({ kind: 'file', path: '/tmp/hung/file' }),
        ),
      );
      const neighbour = await stage.neighbour.ask({ kind: 'docker', path: '/_ping' });
      await stage.client.status(stage.signal);
      return {
        reached: !neighbour.ok || answers.some((answer) => answer.ok),
        seen: `${tally(answers)}; the neighbour is answered`,
      };
    },
    /** Somebody in the lab's own user namespace, without a supervisor. */
    async control(stage) {
      await hang(stage.attacker, '/tmp/hung-too');
      const { exitCode, output } = await stage.attacker.run(
        'timeout -s KILL 2 stat /tmp/hung-too/file',
        { timeoutMs: 6_000 },
      );
      const held = exitCode === 124 || exitCode === 137;
      return { reached: held, seen: held ? 'a plain stat is held' : lastLine(output) };
    },
  }),
  defineAttempt({
    id: 'redirect-out',
    class: of,
    title:
      "lead the verifier's web client by redirects: to a file of the machine, to the machine's loopback",
    why: "It follows no redirect, speaks HTTP alone, and has the lab's network and the verifier's root.",
    async run(stage) {
      await serve(stage.attacker, stage);
      const answers = await Promise.all(
        [4778, 4779].map((port) =>
          stage.attacker.ask({ kind: 'http', url: `http://127.0.0.1:${String(port)}/` }),
        ),
      );
      const seen = answers
        .map((answer) => /^HTTP\S* (\d+)/.exec(bodyOf(answer))?.[0] ?? tally([answer]))
        .join(', ');
      return {
        reached: answers.some((answer) =>
          bodyOf(answer)
            .replace(/%\{json\}[^]*/, '')
            .includes(stage.canaries.token),
        ),
        seen,
      };
    },
    async control(stage) {
      await serve(stage.attacker, stage);
      const { output } = await hostCommand({
        program: 'nsenter',
        args: [
          '-t',
          String(stage.attacker.initPid),
          '--net',
          '--',
          'curl',
          '-s',
          '-L',
          '--proto-redir',
          '=all',
          'http://127.0.0.1:4778/',
        ],
      });
      return {
        reached: output.includes(stage.canaries.token),
        seen: 'a client that follows any redirect reads the file',
      };
    },
  }),
  defineAttempt({
    id: 'huge-answers',
    class: of,
    title:
      'answer the verifier with more than it can hold: a page without an end, a folder of 5000 names',
    why: 'An answer of more than 4 MiB or 1000 objects is refused, and its maker ended.',
    timeoutMs: 60_000,
    async run(stage) {
      const { pid } = await stage.client.status(stage.signal);
      const before = await resident(pid);
      await stage.attacker
        .must(`ip link set lo up; mkdir -p /tmp/many; cd /tmp/many; touch $(seq 5000)
        setsid perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 4780, Listen => 5, ReuseAddr => 1) or die $!; alarm 60; while (my $c = $s->accept) { print $c "HTTP/1.0 200 OK\\r\\n\\r\\n"; for (1 .. 200) { print $c "x" x (1 << 20) or last } close $c }' >/dev/null 2>&1 </dev/null &
        for n in $(seq 100); do ss -ltn | grep -q :4780 && break; sleep 0.1; done`);
      const questions: Question[] = [
        { kind: 'http', url: 'http://127.0.0.1:4780/' },
        { kind: 'list', path: '/tmp/many' },
      ];
      const answers = await Promise.all(questions.map((question) => stage.attacker.ask(question)));
      const grown = (await resident(pid)) - before;
      return {
        reached: answers.some((answer) => answer.ok) || grown > 100 * 1024 ** 2,
        seen: `${answers.map((answer) => (answer.ok ? `answered ${String(answer.body.length)}` : answer.reason)).join(', ')}; the agent has grown by ${(grown / 1024 ** 2).toFixed(0)} MiB`,
      };
    },
    control: async (stage) => {
      const { output } = await hostCommand({
        program: 'nsenter',
        args: [
          '-t',
          String(stage.attacker.initPid),
          '--net',
          '--',
          'bash',
          '-c',
          'curl -s -m 10 http://127.0.0.1:4780/ | wc -c',
        ],
      });
      return {
        reached: Number(output.trim()) > 100 * 1024 ** 2,
        seen: `a client without a bound takes ${output.trim()} bytes`,
      };
    },
  }),
];

function findAgent({ paths }: Stage): string {
  return `for path in ${paths.agentSocket} ${paths.engineSocket} ${paths.stateDir}/engine ${paths.runtime}; do [ -e $path ] && { echo "$path is there"; exit 0; }; done; find / -xdev \\( -name agent.sock -o -name engine.sock -o -name 'drydock-probe*' \\) 2>/dev/null | grep . && exit 0; echo 'none of them is there'; exit 1`;
}

function watchFor(names: string, seconds: number): string {
  return `perl -e 'my $end = time + ${String(seconds)}; my %seen; while (time < $end) { for my $dir (glob "/proc/[0-9]*") { open my $f, "<", "$dir/comm" or next; chomp(my $name = <$f>); next if $seen{"$dir $name"}++; print "CAUGHT $name\\n" if $name =~ /^(?:${names})/ } } print scalar(keys %seen), " processes seen\\n"'`;
}

function caught(output: string): Outcome {
  const line = /^CAUGHT.*$/m.exec(output)?.[0];
  return { reached: line !== undefined, seen: line ?? lastLine(output) };
}

const nestDeeply = `root=/sys/fs/cgroup/systemd; [ -d $root ] || root=/sys/fs/cgroup; name=$(printf 'n%.0s' $(seq 240)); cd $root; for n in $(seq 18); do mkdir $name && cd $name || break; done; [ $n = 18 ]`;

const forge = `(exec -a 'x"]},{"pid":1,"args":["forged-init' sleep 20) >/dev/null 2>&1 </dev/null & sleep 0.4`;

function argsOf(answer: Answer): string[] {
  const parsed: unknown = JSON.parse(bodyOf(answer));
  const processes: unknown =
    typeof parsed === 'object' && parsed !== null && 'processes' in parsed ? parsed.processes : [];
  if (!Array.isArray(processes)) throw new Error('The answer has no processes.');
  return processes.flatMap((process: unknown) => {
    const args: unknown =
      typeof process === 'object' && process !== null && 'args' in process ? process.args : [];
    return Array.isArray(args) ? args.map(String) : [];
  });
}

/** Mounts FUSE, reads every request and answers the first alone. */
async function hang(lab: StageLab, folder = '/tmp/hung'): Promise<void> {
  const mount = process.arch === 'arm64' ? 40 : 165;
  await lab.must(`mkdir ${folder}; cat >/tmp/hang.pl <<'PERL'
open my $fuse, "+<", "/dev/fuse" or die "open: $!"; my $fd = fileno $fuse;
my ($source, $target, $type, $data) = ("hung", "${folder}", "fuse", "fd=$fd,rootmode=40000,user_id=0,group_id=0,allow_other");
syscall(${String(mount)}, $source, $target, $type, 0, $data) == 0 or die "mount: $!";
sysread $fuse, my $request, 1 << 20; my ($length, $op, $unique) = unpack "L L Q", $request;
syswrite $fuse, pack("L l Q L L L L S S L L L S S L7", 80, 0, $unique, 7, 31, 131072, 0, 12, 10, 131072, 1, 0, 0, 0, (0) x 7);
alarm 90; while (sysread $fuse, my $more, 1 << 20) {}
PERL
setsid perl /tmp/hang.pl >/tmp/hang.log 2>&1 </dev/null & sleep 0.7; grep -q ' ${folder} ' /proc/self/mountinfo || { cat /tmp/hang.log; exit 1; }`);
}

async function serve(lab: StageLab, { canaries }: Stage): Promise<void> {
  const targets: [number, string][] = [
    [4778, `file://${canaries.file}`],
    [4779, `http://127.0.0.1:${String(canaries.port)}/`],
  ];
  for (const [port, target] of targets) {
    await lab.run(
      `ip link set lo up; setsid perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => ${String(port)}, Listen => 5, ReuseAddr => 1) or die $!; alarm 60; while (my $c = $s->accept) { sysread $c, my $q, 4096; print $c "HTTP/1.1 302 Found\\r\\nLocation: ${target}\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"; close $c }' >/dev/null 2>&1 </dev/null & sleep 0.3`,
    );
  }
}

async function resident(pid: number): Promise<number> {
  const { output } = await hostCommand({
    program: 'grep',
    args: ['VmRSS', `/proc/${String(pid)}/status`],
  });
  return Number(/\d+/.exec(output)?.[0]) * 1024;
}

function bodyOf(answer: Answer): string {
  return answer.ok ? Buffer.from(answer.body, 'base64').toString('utf8') : '';
}

function tally(answers: Answer[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    const kind = answer.ok ? 'answered' : answer.reason;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${String(count)} ${kind}`).join(', ');
}
