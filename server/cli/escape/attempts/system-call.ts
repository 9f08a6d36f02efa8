/** Scripts that make one system call by its number, through Perl, which every Debian has. */
const numbers = {
  x64: {
    socket: 41,
    add_key: 248,
    keyctl: 250,
    io_uring_setup: 425,
    userfaultfd: 323,
    perf_event_open: 298,
    bpf: 321,
    init_module: 175,
    kexec_load: 246,
    syslog: 103,
    adjtimex: 159,
    open_by_handle_at: 304,
    inotify_init1: 294,
    io_setup: 206,
  },
  arm64: {
    socket: 198,
    add_key: 217,
    keyctl: 219,
    io_uring_setup: 425,
    userfaultfd: 282,
    perf_event_open: 241,
    bpf: 280,
    init_module: 105,
    kexec_load: 104,
    syslog: 116,
    adjtimex: 171,
    open_by_handle_at: 265,
    inotify_init1: 26,
    io_setup: 0,
  },
} as const;

type Name = keyof (typeof numbers)['x64'];

export function numberOf(name: Name): number {
  return numbers[process.arch === 'arm64' ? 'arm64' : 'x64'][name];
}

/** `args` is Perl; `before` too. Exits with 0 if the call does. */
export function systemCall(name: Name, args: string, before = ''): string {
  return `perl -e '${before}; my $r = syscall(${String(numberOf(name))}, ${args}); if ($r < 0) { print "${name}: $!\\n"; exit 1 } print "${name} answers $r\\n"'`;
}
