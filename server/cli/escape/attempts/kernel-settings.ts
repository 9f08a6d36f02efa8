/** Class 2, first half: settings of the whole kernel. Each is written with the value it has, so that a success changes nothing. */
import { readFileSync } from 'node:fs';
import { hostOutput } from '../stage/host-command.ts';
import { defineAttempt, defineScript, type Attempt, type Outcome } from '../attempt.ts';
import { asMachineRoot } from '../stage/variants.ts';
import { insideNamespaces } from '../../../lab-host/engine/namespaces.ts';
import type { Stage } from '../stage/stage.ts';

const of = 'kernel' as const;
const ownedByMachine =
  "The setting is the whole kernel's: its file belongs to the machine's root, who is nobody in the lab.";

/** Id of the attempt, what it is, and the files of which the first that exists is written. */
const settings: [id: string, what: string, files: string[]][] = [
  [
    'core-pattern',
    'the program that the kernel runs at a crash',
    ['/proc/sys/kernel/core_pattern'],
  ],
  [
    'helper-programs',
    'the programs that the kernel runs by itself (modprobe, uevent helper, pressed power key)',
    ['/proc/sys/kernel/modprobe', '/sys/kernel/uevent_helper', '/proc/sys/kernel/poweroff_cmd'],
  ],
  [
    'memory-settings',
    "the kernel's memory settings",
    ['/proc/sys/vm/overcommit_memory', '/proc/sys/vm/panic_on_oom'],
  ],
  [
    'huge-pages',
    'how the kernel uses huge pages',
    [
      '/sys/kernel/mm/transparent_hugepage/defrag',
      '/sys/kernel/mm/ksm/run',
      '/proc/sys/vm/nr_hugepages',
    ],
  ],
  ['panic', 'whether the kernel panics', ['/proc/sys/kernel/panic']],
  [
    'address-randomisation',
    'address randomisation of all processes',
    ['/proc/sys/kernel/randomize_va_space'],
  ],
  [
    'bpf-switch',
    'whether anybody may load BPF programs',
    ['/proc/sys/kernel/unprivileged_bpf_disabled'],
  ],
  [
    'link-protection',
    "the machine's protection against planted links",
    ['/proc/sys/fs/protected_symlinks'],
  ],
  [
    'counters',
    'the counters that the lab host raised for all labs',
    ['/proc/sys/fs/inotify/max_user_instances', '/proc/sys/kernel/keys/maxkeys'],
  ],
  [
    'processors',
    'which processors are on',
    ['/sys/devices/system/cpu/cpu1/online', '/sys/devices/system/cpu/smt/control'],
  ],
  ['interrupts', 'which processors serve interrupts', ['/proc/irq/default_smp_affinity']],
  [
    'parameters',
    "parameters of the kernel's parts",
    ['/sys/module/printk/parameters/time', '/sys/module/kernel/parameters/panic'],
  ],
];

export const kernelSettings: Attempt[] = [
  ...settings.map(([id, what, files]) =>
    defineScript({
      id: `set-${id}`,
      class: of,
      title: `write ${what}`,
      why: ownedByMachine,
      script: `for file in ${files.join(' ')}; do [ -e $file ] || continue; value=$(sed 's/.*\\[\\(.*\\)\\].*/\\1/' $file); printf '%s\\n' "$value" >$file && { echo "wrote $file"; exit 0; }; done 2>&1; exit 1`,
      control: asMachineRoot,
    }),
  ),
  defineScript({
    id: 'sysrq',
    class: of,
    title: 'give the kernel an order through /proc/sysrq-trigger (h: print the list of orders)',
    why: ownedByMachine,
    absent: /No such file/,
    script: `echo h >/proc/sysrq-trigger && echo 'the order was taken'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'remounted-proc',
    class: of,
    title: 'write kernel settings through a fresh mount of /proc and /sys',
    why: 'A fresh mount has the same files with the same owners.',
    script: `mkdir /mnt/p; mount -t proc proc /mnt || exit 1; cat /mnt/sys/kernel/core_pattern >/tmp/.pattern; cat /tmp/.pattern >/mnt/sys/kernel/core_pattern && echo 'wrote it through a fresh mount'`,
    control: asMachineRoot,
  }),
  defineAttempt({
    id: 'every-setting',
    class: of,
    title:
      'change every number in /proc/sys that can be opened, and look whether the machine or another lab sees one changed',
    why: 'What opens for writing belongs to a namespace of the lab: its network, IPC, user and process namespace.',
    setting: 'own',
    timeoutMs: 60_000,
    run: (stage) => changedElsewhere(stage, (script) => stage.attacker.run(script)),
    // The neighbour itself changes them: what it sees then is what a shared namespace would show.
    control: (stage) => changedElsewhere(stage, (script) => stage.neighbour.run(script)),
  }),
];

/** Of the whole machine whatever one does: counters that move by themselves. */
const restless =
  /\/(?:dentry-state|file-nr|inode-nr|inode-state|ns_last_pid|pty\/nr|random\/.*|nf_conntrack_count|sched_domain.*|perf_event_max_sample_rate|aio-nr|pid_max)$/;
/**
 * Kernel 6.18 shows this one in every network namespace and keeps one switch for all. It can only be put on, and then
 * netfilter sees tunnelled packets too: nothing that a lab gains by.
 */
const oneSwitchForAll = '/proc/sys/net/netfilter/nf_hooks_lwtunnel';

/** Files of settings, by name; `$value` is what each holds. */
const eachSetting = (body: string): string => `perl -e '
  my @folders = ("/proc/sys");
  while (my $folder = shift @folders) {
    opendir my $names, $folder or next;
    for my $name (sort readdir $names) {
      next if $name =~ /^\\.\\.?$/;
      my $path = "$folder/$name";
      if (-d $path) { push @folders, $path; next }
      open my $file, "<", $path or next;
      sysread $file, my $value, 200 or next;
      $value =~ s/\\s+/ /g; $value =~ s/ $//;
      ${body}
    }
  }'`;
const readAll = eachSetting('print "$path $value\\n";');
const changeAll = eachSetting(`
      next if $value !~ /^-?\\d+$/ or $name =~ /^(?:ns_last_pid|flush|drop_caches|compact_memory|nf_hooks_lwtunnel|pid_max)$/;
      for my $other ($value + 1, $value - 1, 1 - $value) {
        open my $out, ">", $path or last;
        syswrite $out, $other or next;
        close $out;
        open my $again, "<", $path or last;
        sysread $again, my $now, 200;
        if ($now != $value) { print "changed $path\\n"; last }
      }`);

async function changedElsewhere(
  stage: Stage,
  act: (script: string) => Promise<{ output: string }>,
): Promise<Outcome> {
  const [program, args] = insideNamespaces(stage.paths, 'bash', ['-s']);
  const views = [
    () => hostOutput({ program: 'bash', args: ['-s'], stdin: readAll }),
    () => hostOutput({ program, args, stdin: readAll }),
    () => stage.neighbour.must(readAll),
  ];
  const before = await Promise.all(views.map((view) => view().then(parse)));
  const changed = (await act(changeAll)).output
    .split('\n')
    .filter((line) => line.startsWith('changed '));
  if (changed.length < 100)
    throw new Error(
      `Only ${String(changed.length)} settings could be changed: ${changed.join(' ')}`,
    );
  const after = await Promise.all(views.map((view) => view().then(parse)));
  const names = new Set(changed.map((line) => line.slice('changed '.length)));
  const seen = after.flatMap((values, view) =>
    [...values]
      .filter(
        ([name, value]) => names.has(name) && isSettled(name) && before[view]?.get(name) !== value,
      )
      .map(([name]) => name),
  );
  const words = `${String(changed.length)} changed in the lab, ${String(seen.length)} seen outside it`;
  return {
    reached: seen.length > 0,
    seen: seen.length > 0 ? `${words}: ${[...new Set(seen)].slice(0, 5).join(' ')}` : words,
  };
}

function isSettled(name: string): boolean {
  return !restless.test(name) && name !== oneSwitchForAll;
}

function parse(text: string): Map<string, string> {
  return new Map(
    text
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}

/** Whether the machine is as it was: the same boot, the same name. */
export function machineMark(): string {
  return ['/proc/sys/kernel/random/boot_id', '/proc/sys/kernel/hostname']
    .map((file) => readFileSync(file, 'utf8').trim())
    .join(' ');
}
