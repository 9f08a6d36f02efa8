/** Class 4: other labs. The neighbour has a token everywhere that an attacker may look; the attacker must find it nowhere. */
import { readFileSync } from 'node:fs';
import {
  defineAttempt,
  defineScript,
  inOwnMounts,
  type Attempt,
  type Outcome,
} from '../attempt.ts';
import { hostCommand } from '../stage/host-command.ts';
import { lastLine } from '../stage/outcome.ts';
import type { Stage } from '../stage/stage.ts';
import { asMachineRoot } from '../stage/variants.ts';
import { diskOfNeighbour } from './disk-of-neighbour.ts';

const of = 'neighbours' as const;
const own = (what: string): string => `Each lab has ${what} of its own.`;

export const neighbours: Attempt[] = [
  withToken({
    id: 'neighbour-process',
    title: "find a neighbour's process in /proc, by its arguments or environment",
    why: own('a process namespace'),
    prepare: (token) => `setsid bash -c 'exec -a ${token} sleep 120' >/dev/null 2>&1 </dev/null &`,
    attack: (token) =>
      `mount -t proc proc /mnt; cat /mnt/[0-9]*/cmdline /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -x '[${token.slice(0, 1)}]${token.slice(1)}' && echo "the neighbour's process is in sight"`,
    shared: ['pid'],
  }),
  defineAttempt({
    id: 'neighbour-signal',
    class: of,
    title: "signal a neighbour's process by the number that the machine gives it",
    run: (stage) => stage.attacker.try(`kill -0 ${String(stage.neighbour.initPid)} 2>&1`),
    why: 'A lab has processes and users of its own.',
    // Neither: the neighbour's user, in the machine's process namespace.
    control: (stage) =>
      inNamespacesOf(
        stage.neighbour.initPid,
        ['user', 'mount'],
        `kill -0 ${String(stage.neighbour.initPid)} && echo 'the signal arrives'`,
      ),
  }),
  defineAttempt({
    id: 'neighbour-priority',
    class: of,
    title:
      "lower the priority of all processes of root, and so of a neighbour's (setpriority by user)",
    why: 'A lab has users of its own, and by user means: of those in the own process namespace.',
    async run(stage) {
      const before = niceness(stage);
      const { output } = await stage.attacker.run(
        'renice -n 7 -u root 2>&1 | tail -1; n=$(ps -o ni= -p 1); renice -n 0 -u root >/dev/null; echo "own PID 1 has $n"',
      );
      return { reached: niceness(stage) !== before, seen: lastLine(output) };
    },
    control: 'unsafe: without the process namespace it would slow every lab on the machine',
  }),
  withToken({
    id: 'neighbour-abstract-socket',
    title: "connect to a neighbour's abstract socket",
    why: own('a network namespace'),
    prepare: (token) =>
      `setsid perl -MSocket -e 'socket my $s, PF_UNIX, SOCK_STREAM, 0; bind $s, sockaddr_un("\\x00${token}") or die $!; listen $s, 5; alarm 60; while (accept my $c, $s) { close $c }' >/dev/null 2>&1 </dev/null & sleep 0.3`,
    attack: (token) =>
      `perl -MSocket -e 'socket my $s, PF_UNIX, SOCK_STREAM, 0; connect $s, sockaddr_un("\\x00${token}") or die "connect: $!\\n"; print "connected\\n"'`,
    shared: ['net'],
  }),
  withToken({
    id: 'neighbour-network',
    title: "connect to a neighbour's server, on every address the neighbour has",
    why: `${own('a network namespace')} Nothing connects them.`,
    prepare: (token) =>
      `setsid perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => 47111, Listen => 5, ReuseAddr => 1) or die $!; alarm 60; while (my $c = $s->accept) { print $c "${token}\\n"; close $c }' >/dev/null 2>&1 </dev/null & sleep 0.3`,
    attack: (token) =>
      `for at in 127.0.0.1 172.17.0.1 172.18.0.1 $(hostname -I); do timeout 2 bash -c "head -1 </dev/tcp/$at/47111" 2>/dev/null | grep '${token}' && exit 0; done; echo 'nobody listens'; exit 1`,
    shared: ['net'],
  }),
  defineAttempt({
    id: 'neighbour-veth',
    class: of,
    title:
      "push one end of a cable into another network namespace, by the number of a machine's process",
    why: 'Numbers are those of the own process namespace, and a namespace takes an interface only from who may administer it.',
    run: (stage) =>
      stage.attacker.try(
        `for pid in ${String(stage.neighbour.initPid)} ${String(process.pid)}; do ip link add escape0 type veth peer name escape1 netns $pid 2>&1 && { ip link del escape0; echo "the other end is in $pid"; exit 0; }; done; exit 1`,
      ),
    control: (stage) =>
      inNamespacesOf(
        stage.attacker.initPid,
        ['net'],
        `ip link add escape0 type veth peer name escape1 netns ${String(stage.neighbour.initPid)} && ip link del escape0 && echo 'the other end is in the neighbour'`,
      ),
  }),
  withToken({
    id: 'neighbour-shared-memory',
    title: "read a neighbour's System V shared memory and message queues",
    why: own('an IPC namespace'),
    prepare: (token) =>
      `perl -e 'my $id = shmget(4711, 4096, 01666) // die $!; shmwrite($id, "${token}", 0, 64)'`,
    attack: (token) =>
      `perl -e 'my $id = shmget(4711, 4096, 0); defined $id or do { print "shmget: $!\\n"; exit 1 }; my $text; shmread($id, $text, 0, 64); exit($text =~ /${token}/ ? 0 : 1)' && echo 'read it'`,
    shared: ['ipc'],
  }),
  withToken({
    id: 'neighbour-files',
    title: "find a neighbour's files in /dev/shm, /tmp, /run, /dev/mqueue and on any disk in sight",
    why: `${own('mounts')} What labs share is read-only.`,
    prepare: (token) =>
      `for folder in /dev/shm /tmp /run /var/lib/docker /root; do echo x >$folder/${token}; done`,
    attack: (token) =>
      `find / -name '${token}' -not -path '/proc/*' 2>/dev/null | grep . && echo 'found them'`,
    shared: ['mount'],
  }),
  defineScript({
    id: 'neighbour-disk',
    class: of,
    title: "read a neighbour's disk through a node for its loop device",
    why: "mknod is refused, and the lab's own disk is mounted without devices.",
    script: (stage) =>
      `mount -t tmpfs tmpfs /mnt; cd /mnt; mknod d b ${diskOfNeighbour(stage).join(' ')} && dd if=d bs=1 skip=1080 count=2 2>/dev/null | od -An -tx1 | grep -q '53 ef' && echo "the neighbour's file system is in sight"`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'neighbour-disk-settings',
    class: of,
    title:
      "change a neighbour's file system through /sys/fs/ext4 or its loop device through /sys/block",
    why: "Those files belong to the machine's root.",
    script: `for file in /sys/fs/ext4/loop*/mb_stats /sys/block/loop*/queue/read_ahead_kb; do value=$(cat $file) && echo $value >$file && { echo "wrote $file"; exit 0; }; done 2>&1; exit 1`,
    control: asMachineRoot,
  }),
  defineAttempt({
    id: 'neighbour-memory',
    class: of,
    title:
      "read a neighbour's memory (process_vm_readv and /proc/<pid>/mem by the machine's numbers)",
    why: own('a process namespace'),
    run: (stage) => stage.attacker.try(readMemory(stage)),
    control: (stage) => inNamespacesOf(stage.neighbour.initPid, ['user'], readMemory(stage)),
  }),
  defineAttempt({
    id: 'neighbour-namespaces',
    class: of,
    title: "enter a neighbour's namespaces",
    why: 'A namespace is entered by a descriptor of it, and none of another lab can be had.',
    run: (stage) =>
      stage.attacker.try(
        `nsenter -t ${String(stage.neighbour.initPid)} -m -- true 2>&1 && echo entered`,
      ),
    control: async (stage) => {
      const { exitCode } = await hostCommand({
        program: 'nsenter',
        args: ['-t', String(stage.neighbour.initPid), '-m', '--', 'true'],
      });
      return { reached: exitCode === 0, seen: 'whoever has its number and the right enters' };
    },
  }),
];

type Kind = 'pid' | 'net' | 'ipc' | 'mount' | 'user';

interface TokenAttempt {
  id: string;
  title: string;
  why: string;
  /** In the neighbour. */
  prepare: (token: string) => string;
  /** In the attacker's lab; its exit status 0 means found. */
  attack: (token: string) => string;
  /** The namespaces that the control takes from the neighbour in place of the attacker's own. */
  shared: Kind[];
}

function withToken({ prepare, attack, shared, ...spec }: TokenAttempt): Attempt {
  const token = (stage: Stage): string => `${stage.canaries.token.slice(7, 23)}-${spec.id}`;
  return defineAttempt({
    ...spec,
    class: of,
    async run(stage) {
      await stage.neighbour.must(prepare(token(stage)));
      return stage.attacker.try(inOwnMounts(attack(token(stage))));
    },
    async control(stage) {
      await stage.neighbour.must(prepare(token(stage)));
      return inNamespacesOf(stage.neighbour.initPid, shared, attack(token(stage)));
    },
  });
}

/** As the machine's root, in mounts of its own, so that only the named namespaces are in the way, or out of it. */
async function inNamespacesOf(pid: number, kinds: Kind[], script: string): Promise<Outcome> {
  const args = [
    '-t',
    String(pid),
    ...kinds.map((kind) => `--${kind}`),
    '--',
    'unshare',
    '--mount',
    '--',
    'bash',
    '-s',
  ];
  const { exitCode, output } = await hostCommand({ program: 'nsenter', args, stdin: script });
  return { reached: exitCode === 0, seen: lastLine(output) };
}

function niceness(stage: Stage): string {
  const text = readFileSync(`/proc/${String(stage.neighbour.initPid)}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')')).split(' ')[17] ?? '';
}

function readMemory(stage: Stage): string {
  const pid = String(stage.neighbour.initPid);
  return `perl -e 'open my $maps, "<", "/proc/${pid}/maps" or die "maps: $!\\n"; my ($at) = map { /^([0-9a-f]+)-\\S+ rw/ ? hex $1 : () } <$maps>; $at or die "no maps\\n"; open my $memory, "<", "/proc/${pid}/mem" or die "mem: $!\\n"; sysseek $memory, $at, 0; sysread($memory, my $bytes, 16) == 16 or die "read: $!\\n"; print "read 16 bytes of its memory\\n"' 2>&1`;
}
