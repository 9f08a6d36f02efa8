/** Class 2, second half: calls of the kernel that no lab needs, and what of the kernel lies outside namespaces. */
import { defineAttempt, defineScript, type Attempt } from '../attempt.ts';
import { hostOutput } from '../stage/host-command.ts';
import { lastLine } from '../stage/outcome.ts';
import { asMachineRoot, asMachineRootWithoutSeccomp, withoutSeccomp } from '../stage/variants.ts';
import { elf32 } from './elf32.ts';
import { machineMark } from './kernel-settings.ts';
import { numberOf, systemCall } from './system-call.ts';

const of = 'kernel' as const;
const filtered = 'The seccomp profile answers that there is no such call.';
const refused = "The kernel wants a capability of the machine's user namespace.";
/** What a kernel says that was built without the thing. */
const absent =
  /Function not implemented|not supported by protocol|Address family|No such device|Operation not supported/;

export const kernelCalls: Attempt[] = [
  defineScript({
    id: 'key-add',
    class: of,
    title: 'add a kernel key, of which all labs share 200',
    why: filtered,
    script: systemCall(
      'add_key',
      '$type, $name, $name, 1, -3',
      'my ($type, $name) = ("user", "drydock-escape")',
    ),
    control: withoutSeccomp,
  }),
  defineScript({
    id: 'key-session',
    class: of,
    title: "join a session keyring of one's own",
    why: filtered,
    script: systemCall('keyctl', '1, 0, 0, 0, 0'),
    control: withoutSeccomp,
  }),
  defineScript({
    id: 'vsock',
    class: of,
    title: 'open AF_VSOCK, which reaches the hypervisor from any network namespace',
    why: 'The seccomp profile refuses the address family.',
    script: systemCall('socket', '40, 1, 0'),
    control: withoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'alg',
    class: of,
    title: "open AF_ALG, the kernel's cryptography",
    why: 'The seccomp profile refuses the address family.',
    script: systemCall('socket', '38, 5, 0'),
    control: withoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'io-uring',
    class: of,
    title: 'set up io_uring',
    why: filtered,
    script: systemCall('io_uring_setup', '8, $params', 'my $params = "\\0" x 120'),
    control: withoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'userfaultfd',
    class: of,
    title: 'open userfaultfd, which makes races in the kernel easy to win',
    why: filtered,
    script: systemCall('userfaultfd', '1'),
    control: withoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'perf',
    class: of,
    title: 'open a performance counter',
    why: filtered,
    // A software clock of this process alone, without the kernel: what needs no privilege.
    script: systemCall(
      'perf_event_open',
      '$attr, 0, -1, -1, 0',
      'my $attr = pack("LLQQQQQ", 1, 128, 1, 0, 0, 0, 0x61) . ("\\0" x 80)',
    ),
    control: withoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'module',
    class: of,
    title: 'load a kernel module',
    why: filtered,
    script: `out=$(${systemCall('init_module', '$image, 64, $none', 'my ($image, $none) = ("x" x 64, "")')} 2>&1); echo "$out"; case $out in *'Exec format'*) exit 0;; esac; exit 1`,
    control: asMachineRootWithoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'kexec',
    class: of,
    title: 'load another kernel',
    why: filtered,
    script: systemCall('kexec_load', '0, 0, 0, 0'),
    control: asMachineRootWithoutSeccomp,
    absent,
  }),
  defineScript({
    id: 'bpf',
    class: of,
    title: 'make a BPF map',
    why: `BPF is for the machine's root here. ${refused}`,
    script: systemCall('bpf', '0, $attr, 72', 'my $attr = pack("LLLL", 2, 4, 4, 1) . ("\\0" x 60)'),
    control: asMachineRoot,
    absent,
  }),
  defineScript({
    id: 'bpf-token',
    class: of,
    title: 'mount a BPF file system that hands out the right to load programs',
    why: `Rights are delegated to a user namespace by the machine's root alone. ${refused}`,
    script: `mount -t bpf -o delegate_cmds=any,delegate_progs=any bpf /mnt && echo 'it may hand out everything'`,
    control: asMachineRoot,
    absent: /unknown filesystem|Unknown parameter/,
  }),
  defineScript({
    id: 'kernel-log',
    class: of,
    title: "read the kernel's log by its call",
    why: refused,
    script: systemCall('syslog', '3, $text, 4096', 'my $text = " " x 4096'),
    control: asMachineRoot,
  }),
  defineScript({
    id: 'clock',
    class: of,
    title: "set the machine's clock (to the tick it has)",
    why: refused,
    script: systemCall(
      'adjtimex',
      '$timex',
      `my $timex = "\\0" x 256; syscall(${String(numberOf('adjtimex'))}, $timex); substr($timex, 0, 4) = pack("L", 0x4000)`,
    ),
    control: asMachineRoot,
  }),
  defineScript({
    id: 'kernel-threads',
    class: of,
    title: 'read the addresses of the kernel (/proc/kallsyms, /proc/kcore, /proc/vmallocinfo)',
    why: refused,
    script: `for file in /proc/kcore /proc/vmallocinfo /proc/slabinfo; do head -c 64 $file >/dev/null && { echo "$file opens"; exit 0; }; done 2>&1; exit 1`,
    control: asMachineRoot,
  }),
  ...(process.arch === 'x64' ? calls32() : []),
  defineAttempt({
    id: 'reboot',
    class: of,
    title: 'reboot the machine, by the call and by force',
    why: "In a process namespace the call ends that namespace's first process: the lab is stopped, the machine goes on.",
    setting: 'own',
    spoils: true,
    async run(stage) {
      const before = machineMark();
      await stage.attacker
        .run('nohup setsid reboot -f -f >/dev/null 2>&1 & sleep 2', { timeoutMs: 5_000 })
        .catch(() => undefined);
      const { output } = await stage.neighbour.run(
        'uptime -s; docker version -f "{{.Server.Version}}"',
      );
      const state =
        (await stage.client.list(stage.signal)).find((lab) => lab.id === stage.attacker.id)
          ?.state ?? 'gone';
      return {
        reached: machineMark() !== before,
        seen: `the lab is ${state}, the neighbour's engine answers ${lastLine(output)}`,
      };
    },
    control: 'unsafe: it would reboot the machine',
  }),
  defineAttempt({
    id: 'hostname',
    class: of,
    title: "change the machine's host name",
    why: 'The lab has a UTS namespace of its own.',
    setting: 'own',
    async run(stage) {
      await stage.attacker.must('hostname escaped; [ "$(hostname)" = escaped ]');
      return {
        reached:
          machineMark().includes('escaped') ||
          (await stage.neighbour.must('hostname')) === 'escaped',
        seen: 'neither the machine nor a neighbour has the name',
      };
    },
    async control(stage) {
      const target = `/proc/${String(stage.neighbour.initPid)}/ns/uts`;
      await hostOutput({ program: 'nsenter', args: [`--uts=${target}`, 'hostname', 'escaped'] });
      const name = await stage.neighbour.must('hostname');
      return { reached: name === 'escaped', seen: `the neighbour is called ${name}` };
    },
  }),
  defineAttempt({
    id: 'binary-formats',
    class: of,
    title:
      'register an interpreter for a kind of program, so that the machine or a neighbour runs it',
    why: 'The list of binary formats is that of the user namespace.',
    setting: 'own',
    async run(stage) {
      await stage.attacker.must(`${register}; ${sample} && /tmp/sample | grep -q reached`);
      return runsElsewhere(stage.neighbour.run);
    },
    async control(stage) {
      await stage.neighbour.must(register);
      return runsElsewhere(stage.neighbour.run);
    },
    absent: /unknown filesystem/,
  }),
];

const register = `mkdir -p /tmp/formats && mount -t binfmt_misc none /tmp/formats && { printf '#!/bin/sh\\necho reached\\n' >/usr/local/bin/sample-interpreter; chmod 755 /usr/local/bin/sample-interpreter; echo ':sample:M::SAMPLE::/usr/local/bin/sample-interpreter:' >/tmp/formats/register; }`;
const sample = `printf 'SAMPLE' >/tmp/sample && chmod 755 /tmp/sample`;

async function runsElsewhere(
  run: (script: string) => Promise<{ output: string }>,
): Promise<{ reached: boolean; seen: string }> {
  const { output } = await run(`${sample}; /tmp/sample`);
  return { reached: /^reached$/m.test(output), seen: lastLine(output) };
}

/** The same by the calls of 32-bit programs, which have other numbers: a filter for one alone lets these pass. */
function calls32(): Attempt[] {
  const call = (name: string, args: Parameters<typeof elf32>[0]): string =>
    `echo ${elf32(args)} | base64 -d >/mnt/call && chmod 755 /mnt/call && /mnt/call; r=$?; echo "${name}: error $r"; [ $r = 0 ]`;
  const script = (name: string, args: Parameters<typeof elf32>[0]): string =>
    `mount -t tmpfs -o exec tmpfs /mnt; ${call(name, args)}`;
  const shared = {
    class: of,
    control: withoutSeccomp,
    absent: /cannot execute|Exec format/,
    why: 'The seccomp profile has the numbers of all architectures that the kernel runs.',
  };
  return [
    defineScript({
      ...shared,
      id: 'vsock-32',
      title: 'open AF_VSOCK by the call of 32-bit programs',
      script: script('socket', { number: 359, args: [40, 1, 0] }),
    }),
    defineScript({
      ...shared,
      id: 'vsock-socketcall',
      title: 'open AF_VSOCK by socketcall, whose arguments no filter can read',
      script: script('socketcall', { number: 102, args: [1, 'data'], data: [40, 1, 0] }),
      why: 'The seccomp profile refuses to open any socket this way.',
    }),
    defineScript({
      ...shared,
      id: 'key-32',
      title: 'join a session keyring by the call of 32-bit programs',
      script: script('keyctl', { number: 288, args: [1, 0, 0] }),
    }),
  ];
}
