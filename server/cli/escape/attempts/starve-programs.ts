/** Perl programs that take all there is of one thing. Each prints how much it got, and holds it. */
import { ready, readyFile } from './ready.ts';

const x64 = process.arch !== 'arm64';

/** `shares` processes take `each` of something by `take` (Perl, false when there is no more), then all is held. */
function taking(
  what: string,
  {
    shares,
    each,
    take,
    before = '',
  }: { shares: number; each: number; take: string; before?: string },
): string {
  return `cat >/tmp/starve.pl <<'PERL'
use Socket; $| = 1; my @shares; open my $ready, ">", "${readyFile}.new";
for my $share (1 .. ${String(shares)}) {
  pipe my $read, my $write;
  if (!fork) { my ($got, @held) = (0); ${before}; while ($got < ${String(each)}) { last unless ${take}; $got++ } syswrite $write, "$got $!\\n"; close $write; sleep 80; exit }
  close $write; push @shares, $read;
}
my ($sum, $why) = (0, ""); for my $read (@shares) { my $line = <$read>; $line =~ /^(\\d+) (.*)/ or next; $sum += $1; $why = $2 if $1 < ${String(each)} }
print $ready "$sum ${what}", ($why eq "" ? "" : ", then: $why"), "\\n"; close $ready; rename "${readyFile}.new", "${readyFile}"; sleep 80;
PERL
perl /tmp/starve.pl`;
}

const call = (x64Number: number, armNumber: number): string => String(x64 ? x64Number : armNumber);

export const takeInotify = taking('inotify instances', {
  shares: 8,
  each: 12_000,
  take: `(my $fd = syscall(${call(294, 26)}, 0)) >= 0`,
});
export const takePtys = taking('terminals', {
  shares: 1,
  each: 12_000,
  take: 'do { my $f; open($f, "+<", "/dev/ptmx") && push @held, $f }',
});
export const takeManyPtys = taking('terminals', {
  shares: 2,
  each: 12_000,
  take: 'do { my $f; open($f, "+<", "/dev/ptmx") && push @held, $f }',
});
export const takeFiles = taking('open files', {
  shares: 200,
  each: 19_000,
  before: 'my $path = "/dev/null"',
  take: `syscall(${x64 ? '2, $path, 0, 0' : '56, -100, $path, 0, 0'}) >= 0`,
});
export const takeAio = taking('requests of asynchronous I/O', {
  shares: 1,
  each: 6000,
  take: `do { my $c = pack "Q", 0; syscall(${call(206, 0)}, 16, $c) >= 0 }`,
});
export const takeQueues = taking('POSIX message queues', {
  shares: 1,
  each: 300,
  take: `do { my $name = "starve$got"; syscall(${call(240, 180)}, $name, 0102, 0600, 0) >= 0 }`,
});
export const takeSignals = taking('queued signals', {
  shares: 1,
  each: 200_000,
  before: `my $set = pack("Q", 1 << 33); syscall(${call(14, 135)}, 0, $set, 0, 8)`,
  take: `do { my $info = pack "l l l l l l x104", 34, 0, -1, $$, 0, 1; syscall(${call(129, 138)}, $$, 34, $info) == 0 }`,
});
export const takeUtsNamespaces = taking('namespaces', {
  shares: 8,
  each: 14_000,
  before: 'my $path = "/proc/self/ns/uts"',
  take: `syscall(${call(272, 97)}, 0x04000000) == 0 && syscall(${x64 ? '2, $path, 0, 0' : '56, -100, $path, 0, 0'}) >= 0`,
});
export const takeCgroups = `n=0; dir=/sys/fs/cgroup/memory; [ -d $dir ] || dir=/sys/fs/cgroup; mkdir -p $dir/starve; cat >/tmp/starve.pl <<'PERL'
my ($dir) = @ARGV; my $got = 0; for (1 .. 70000) { mkdir "$dir/$_" or last; $got++ } print "$got cgroups", ($got < 70000 ? ", then: $!" : ""), "\\n"; close STDOUT; sleep 60;
PERL
perl /tmp/starve.pl $dir/starve | while read -r words; do ${ready}; done; sleep 80`;
/** Their removal takes a while; a lab that is removed with them leaves that to the machine. */
export const giveBackCgroups = `for dir in /sys/fs/cgroup/memory/starve /sys/fs/cgroup/starve; do [ -d $dir ] && perl -e 'my $d = shift; opendir my $h, $d; rmdir "$d/$_" for grep { /^\\d+$/ } readdir $h; rmdir $d' $dir; done; true`;

/** Messages with 250 references to one file each, in sockets that nobody reads. */
export const takeInFlight = taking('times 250 descriptors in flight', {
  shares: 1,
  each: 400,
  before: 'open my $file, "<", "/dev/null"; my $fd = fileno $file; my $room = 0; my $a',
  take: `do {
      if ($room-- <= 0) { socketpair($a, my $b, AF_UNIX, SOCK_DGRAM, 0) or last; push @held, $a, $b; $room = 60 }
      my $data = "x"; my $vector = pack "P Q", $data, 1;
      my $control = pack("Q l l l250", 16 + 1000, 1, 1, ($fd) x 250);
      my $message = pack "Q L x4 P Q P Q l x4", 0, 0, $vector, 1, $control, length $control, 0;
      my $r = syscall(${call(46, 211)}, fileno $a, $message, 0x40);
      $r >= 0 or $!{EAGAIN} && ($room = 0, 1) }`,
}).replace('perl /tmp/starve.pl', 'perl -MErrno /tmp/starve.pl');

/** A packet to nobody for each pair of ports, in two networks. */
export const takeConnections = `cat >/tmp/starve.pl <<'PERL'
use Socket; socket my $s, PF_INET, SOCK_RAW, 255 or die $!; my $sent = 0;
for my $to (2 .. 6) { for my $port (1 .. 60000) {
  my $udp = pack "nnnn", $port, 9999, 8, 0; my $address = inet_aton("127.0.0.$to");
  my $ip = pack "CCnnnCCna4a4", 0x45, 0, 28, 0, 0, 64, 17, 0, inet_aton("127.0.0.1"), $address;
  send $s, $ip . $udp, 0, sockaddr_in(0, $address) and $sent++;
} } print "$sent packets\\n";
PERL
for net in a b; do ip netns add $net; ip netns exec $net bash -c 'ip link set lo up; iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; echo 600 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout; perl /tmp/starve.pl' & done; wait
words="$(for net in a b; do ip netns exec $net cat /proc/sys/net/netfilter/nf_conntrack_count; done | tr '\\n' ' ')connections tracked"; ${ready}; sleep 60`;
