/** Class 7: the limits of a lab's cgroup, and ways out of it. Written for v1 and v2: what a version lacks says "absent here". */
import { existsSync, readFileSync } from 'node:fs';
import { defineAttempt, defineScript, type Attempt } from '../attempt.ts';
import { asMachineRoot, withMachineCgroups } from '../stage/variants.ts';

const of = 'cgroups' as const;
const absent = /absent here/;
const notOurs =
  "The lab has its cgroup's directory, not the files that hold its limits: those belong to the machine's root.";
/** Into the cgroup that all labs of a lab host are in, if it is below a folder; on v2, where one that has others below it takes no process, beside it. */
const enter = `enter() { for above in $1/drydock*; do [ -d $above ] || continue; for into in $above $1; do echo $$ >$into/cgroup.procs && { echo "moved to $into"; return 0; }; done; done; return 1; }; export -f enter`;
const v2 = existsSync('/sys/fs/cgroup/cgroup.controllers');

const limits: [id: string, what: string, files: string[]][] = [
  ['memory', 'memory', ['memory/memory.limit_in_bytes', 'memory.max']],
  ['pids', 'number of processes', ['pids/pids.max', 'pids.max']],
  ['cpu', 'share of the processors', ['cpu/cpu.cfs_quota_us', 'cpu.max']],
  ['weight', 'weight against other labs', ['cpu/cpu.shares', 'cpu.weight']],
  ['processors', 'processors', ['cpuset/cpuset.cpus', 'cpuset.cpus']],
  ['out-of-memory', 'end when memory runs out', ['memory/memory.oom_control', 'memory.oom.group']],
];

export const cgroups: Attempt[] = [
  ...limits.map(([id, what, files]) =>
    defineScript({
      id: `limit-${id}`,
      class: of,
      title: `write the lab's own limit of ${what}`,
      why: notOurs,
      absent,
      // With the value it has: a success changes nothing, and whoever may write it may write another.
      script: `for file in ${files.join(' ')}; do file=/sys/fs/cgroup/$file; [ -e $file ] || continue; value=$(head -1 $file); echo "\${value##* }" >$file && { echo "wrote $file"; exit 0; }; exit 1; done; echo absent here; exit 1`,
      control: asMachineRoot,
    }),
  ),
  defineScript({
    id: 'parent-in-sight',
    class: of,
    title: 'mount the cgroup file systems afresh and move into the cgroup above, or the root',
    why: 'A cgroup namespace shows and mounts nothing above its own root.',
    script: `${enter}; for kind in ${v2 ? 'cgroup2' : 'memory pids cpu freezer'}; do if [ $kind = cgroup2 ]; then mount -t cgroup2 c /mnt; else mount -t cgroup -o $kind c /mnt; fi || continue
        enter /mnt && exit 0; umount /mnt; done; echo 'nothing above is in sight'; exit 1`,
    control: withMachineCgroups,
  }),
  defineScript({
    id: 'parent-by-path',
    class: of,
    title: 'move out of the cgroup by paths above the mount and by a new cgroup namespace',
    why: 'A cgroup namespace shows and mounts nothing above its own root.',
    script: `${enter}; for dir in /sys/fs/cgroup /sys/fs/cgroup/* /proc/1/root/sys/fs/cgroup/*; do for up in $dir/.. $dir/../.. $dir/../../..; do enter $up && exit 0; done; done
      unshare --cgroup bash -c 'mount -t cgroup -o pids c /mnt 2>/dev/null || mount -t cgroup2 c /mnt; enter /mnt' && exit 0
      mount -t cgroup -o pids c /mnt 2>/dev/null || mount -t cgroup2 c /mnt; enter /mnt && exit 0
      echo 'nothing above is in sight'; exit 1`,
    control: withMachineCgroups,
  }),
  defineScript({
    id: 'release-agent',
    class: of,
    title:
      "set release_agent, the program that the kernel runs as the machine's root when a cgroup is empty (CVE-2022-0492)",
    why: "The file is in a hierarchy's root alone, which is not in sight, and wants the machine's root.",
    absent,
    script: `${v2 ? 'echo absent here; exit 1' : ''}
      for kind in memory pids cpu freezer systemd; do if [ $kind = systemd ]; then mount -t cgroup -o none,name=systemd c /mnt; else mount -t cgroup -o $kind c /mnt; fi 2>/dev/null || continue
        file=/mnt/release_agent; [ -e $file ] && { value=$(cat $file); echo "$value" >$file && { echo "wrote $file of $kind"; exit 0; }; }; umount /mnt; done; echo 'no release_agent in sight'; exit 1`,
    control: withMachineCgroups,
  }),
  defineScript({
    id: 'new-hierarchy',
    class: of,
    title: "mount a cgroup hierarchy that nobody uses yet, whose root would be the lab's",
    why: 'A hierarchy is made in the first cgroup namespace alone.',
    absent,
    script: `${v2 ? 'echo absent here; exit 1' : ''}
      mount -t cgroup -o none,name=drydock-escape c /mnt 2>&1 && [ -e /mnt/release_agent ] && { umount /mnt; echo 'a hierarchy of its own, with release_agent'; exit 0; }; exit 1`,
    control: withMachineCgroups,
  }),
  defineScript({
    id: 'child-above-limit',
    class: of,
    title: "give a cgroup of one's own below the lab's a higher limit, and use it",
    why: 'A limit holds for all that is below it.',
    absent,
    // 1.5 GiB in a lab of 768 MiB; in the control, a lab without a limit of its own.
    script: `dir=/sys/fs/cgroup/${v2 ? '' : 'memory/'}above; mkdir -p $dir; echo 4G >$dir/${v2 ? 'memory.max' : 'memory.limit_in_bytes'}
      bash -c "echo \\$\\$ >$dir/cgroup.procs; exec perl -e 'my \\$x = q(x) x (1500 << 20); print length \\$x, qq(\\n)'"; result=$?; rmdir $dir; [ $result = 0 ] && echo 'took 1.5 GiB'`,
    control: async (stage, script) => {
      await using container = await stage.engine.container((options) => ({
        ...options,
        Memory: 0,
        MemorySwap: 0,
      }));
      const { exitCode, output } = await container.run(script);
      return { reached: exitCode === 0, seen: output.trim().slice(-100) };
    },
  }),
  defineScript({
    id: 'freeze-others',
    class: of,
    title: 'freeze, kill or thaw by the cgroup files of the lab itself',
    why: notOurs,
    absent,
    script: `for file in freezer/freezer.state cgroup.freeze; do file=/sys/fs/cgroup/$file; [ -e $file ] || continue; [ -w $file ] && echo "may write $file" && exit 0; done; f=/sys/fs/cgroup/memory/memory.force_empty; [ -e $f ] && echo 0 >$f && { echo "wrote $f"; exit 0; }; exit 1`,
    control: asMachineRoot,
  }),
  defineAttempt({
    id: 'kill-limits-by-move',
    class: of,
    title: 'leave the cgroup by starting processes through those that enter from outside',
    why: 'What enters a lab is put into its cgroups first.',
    async run(stage) {
      const token = `cgroup-${stage.canaries.token.slice(7, 15)}`;
      await stage.attacker.must(
        `setsid bash -c 'exec -a ${token} sleep 20' >/dev/null 2>&1 </dev/null & sleep 0.2`,
      );
      const processes = await stage.attacker.ask({ kind: 'processes' });
      const listed =
        processes.ok && Buffer.from(processes.body, 'base64').toString('utf8').includes(token);
      return {
        reached: !listed,
        seen: listed
          ? "the process is in the lab's cgroup"
          : 'the process is not listed in the cgroup',
      };
    },
    control: async (stage) => {
      // Entered by namespaces alone, it stays in the cgroup of whoever enters.
      const own = readFileSync('/proc/self/cgroup', 'utf8');
      return {
        reached: !own.includes(stage.attacker.containerId),
        seen: 'a process that merely joins the namespaces stays outside',
      };
    },
  }),
];
