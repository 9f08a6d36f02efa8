/**
 * Class 8, first part: what the kernel counts for a user or for the whole machine, so that one lab could take it from the
 * others, were their users the same, and from the machine.
 */
import { defineAttempt, type Attempt, type Control } from '../attempt.ts';
import { hostCommand } from '../stage/host-command.ts';
import { lastLine } from '../stage/outcome.ts';
import type { Stage } from '../stage/stage.ts';
import { systemCall } from './system-call.ts';
import * as programs from './starve-programs.ts';
import { neighbourWorks, underAttack } from './under-attack.ts';

const of = 'starvation' as const;

interface Counter {
  id: string;
  title: string;
  why: string;
  attack: string;
  /** What the neighbour, and the machine itself, must still be able to do. */
  test?: string;
  /** The machine's test, where it is another. */
  machine?: string;
  /** A limit of the lab's own user namespace that makes the same counter small: the lab then starves itself. */
  ownLimit?: string;
  control?: Control;
  after?: string;
}

const lowering = 'unsafe: it would lower a counter that everything on the machine shares';

const counters: Counter[] = [
  {
    id: 'starve-descriptors-in-flight',
    title: 'hold as many descriptors in flight between sockets as a user may have',
    why: 'The kernel counts them by user, and each lab has users of its own.',
    attack: programs.takeInFlight,
    control: inFlightOfOneUser,
  },
  {
    id: 'starve-terminals',
    title: "open all of the machine's pseudo-terminals",
    why: 'A lab that opens more than a thousand is noticed and ended.',
    attack: programs.takePtys,
    test: 'docker run --rm -t busybox echo works && script -qc true /dev/null',
    machine: 'script -qc true /dev/null',
    control: (stage) =>
      starvesItself(stage, {
        attack: programs.takePtys,
        test: 'script -qc true /dev/null',
        // An instance of one's own, which has a limit of its own.
        limit:
          'mkdir -p /tmp/pts && mount -t devpts -o max=100,ptmxmode=666 devpts /tmp/pts && mount --bind /tmp/pts /dev/pts',
      }),
  },
  {
    id: 'starve-inotify',
    title: 'take all inotify instances',
    why: "The machine's number of them is beyond what a lab's memory can hold.",
    attack: programs.takeInotify,
    test: systemCall('inotify_init1', '0'),
    machine: systemCall('inotify_init1', '0'),
    ownLimit: 'user/max_inotify_instances',
  },
  {
    id: 'starve-namespaces',
    title: 'take all UTS namespaces, without which no container starts anywhere',
    why: "The machine's number of them is beyond what a lab's memory can hold.",
    attack: programs.takeUtsNamespaces,
    machine: 'unshare --uts true',
    ownLimit: 'user/max_uts_namespaces',
  },
  {
    id: 'starve-files',
    title: 'open as many files as the machine may have open',
    why: "The machine's number of them is beyond what a lab's memory can hold.",
    attack: programs.takeFiles,
    test: 'docker run --rm busybox sh -c "for n in 1 2 3 4 5 6 7 8 9; do cat /etc/passwd; done" >/dev/null',
    control: lowering,
  },
  {
    id: 'starve-aio',
    title: "take all of the machine's asynchronous I/O requests",
    why: "The machine's number of them is beyond what a lab's memory can hold.",
    attack: programs.takeAio,
    test: systemCall('io_setup', '64, $context', 'my $context = pack("Q", 0)'),
    machine: systemCall('io_setup', '64, $context', 'my $context = pack("Q", 0)'),
    control: lowering,
  },
  {
    id: 'starve-cgroups',
    title: 'make cgroups until the kernel has no number for another (65,535 on the whole machine)',
    why: 'What one lab may make is bounded (v2), or noticed and ended (v1).',
    attack: programs.takeCgroups,
    machine:
      'dir=/sys/fs/cgroup/memory; [ -d $dir ] || dir=/sys/fs/cgroup; mkdir $dir/drydock-escape-test && rmdir $dir/drydock-escape-test',
    after: programs.giveBackCgroups,
    control: lowering,
  },
];

export const starveCounters: Attempt[] = counters.map(
  ({ id, title, why, attack, test, machine, ownLimit, control, after }) =>
    defineAttempt({
      id,
      class: of,
      title,
      why,
      setting: 'alone',
      spoils: true,
      timeoutMs: 90_000,
      run: (stage) =>
        underAttack(stage, { script: attack, readyWithinMs: 40_000 }, async () => {
          const outcome = machine === undefined ? undefined : await machineFails(machine);
          if (outcome !== undefined)
            return { reached: true, seen: `the machine cannot: ${outcome}` };
          return neighbourWorks(stage, test);
        }).finally(() =>
          after === undefined
            ? undefined
            : stage.attacker.run(after, { timeoutMs: 60_000 }).catch(() => undefined),
        ),
      control:
        control ??
        ((stage) =>
          starvesItself(stage, {
            attack,
            test: machine ?? test ?? 'true',
            limit: `echo 3000 >/proc/sys/${ownLimit ?? ''}`,
          })),
    }),
);

/** The same attack in a lab of its own where the counter is the lab's too, and small: what follows is what others would feel. */
async function starvesItself(
  stage: Stage,
  { attack, test, limit }: { attack: string; test: string; limit: string },
) {
  await using lab = await stage.makeLab();
  return await underAttack(
    { ...stage, attacker: lab },
    { script: `${limit}; ${attack}` },
    async () => {
      const { exitCode, output } = await lab.run(test);
      return {
        reached: exitCode !== 0,
        seen: `with a small limit of its own the lab itself cannot: ${lastLine(output)}`,
      };
    },
  );
}

/** Two containers that both have the engine's users, and of those one that no lab's engine is. */
async function inFlightOfOneUser(stage: Stage) {
  const change = (options: Parameters<Parameters<Stage['engine']['container']>[0]>[0]) => ({
    ...options,
    PidsLimit: 64,
  });
  await using attacker = await stage.engine.container(change);
  await using other = await stage.engine.container(change);
  const asUser = (script: string): string =>
    `cat >/tmp/as-user.sh <<'SCRIPT'\n${script}\nSCRIPT\nmkdir -p /tmp/run; chmod 777 /tmp/run; exec setpriv --reuid 4711 --clear-groups bash /tmp/as-user.sh`;
  const attack = attacker.run(asUser(programs.takeInFlight.replace(/sleep 80/g, 'sleep 6')));
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const one = `perl -MSocket -MErrno -e 'socketpair(my $a, my $b, AF_UNIX, SOCK_DGRAM, 0); my $data = "x"; my $vector = pack "P Q", $data, 1; my $control = pack("Q l l l x4", 20, 1, 1, 0); my $message = pack "Q L x4 P Q P Q l x4", 0, 0, $vector, 1, $control, 24, 0; my $r = syscall(${process.arch === 'arm64' ? '211' : '46'}, fileno $a, $message, 0x40); print "sendmsg: $!\\n" if $r < 0; exit($r < 0 ? 1 : 0)'`;
  const { exitCode, output } = await other.run(asUser(one));
  await attack;
  return {
    reached: exitCode !== 0,
    seen: `a container of the same user cannot send one: ${lastLine(output)}`,
  };
}

async function machineFails(test: string): Promise<string | undefined> {
  const { exitCode, output } = await hostCommand({
    program: 'bash',
    args: ['-s'],
    stdin: test,
    timeoutMs: 10_000,
  });
  return exitCode === 0 ? undefined : lastLine(output);
}
