/** Class 1: the host's disks and devices. */
import { diskOfNeighbour } from './disk-of-neighbour.ts';
import type { Attempt } from '../attempt.ts';
import { defineScript } from '../attempt.ts';
import { asMachineRoot } from '../stage/variants.ts';
import { numberOf } from './system-call.ts';

const userNamespace =
  "The lab's root is root in its own user namespace alone; the kernel asks the machine's for this.";
/** A file system made by the attempt itself, since one of the lab's own user namespace never opens a device. */
const place = 'mount -t tmpfs tmpfs /mnt && cd /mnt || exit 1';
const of = 'devices' as const;

const node = (name: string, kind: 'b' | 'c', numbers: string): string =>
  `${place}; mknod ${name} ${kind} ${numbers} || exit 1`;

export const devices: Attempt[] = [
  defineScript({
    id: 'disk-node',
    class: of,
    title:
      'make a node for a disk of the machine (the one below another lab) and read its first blocks',
    why: `mknod is refused: ${userNamespace}`,
    script: (stage) =>
      `${node('disk', 'b', diskOfNeighbour(stage).join(' '))}; [ "$(dd if=disk bs=4096 count=4 2>/dev/null | wc -c)" = 16384 ] && echo 'read 16 KiB of the disk'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'disk-node-in-image-layer',
    class: of,
    title: "smuggle a node for a disk of the machine in through an image's tar",
    why: 'Unpacking makes the node with mknod, which the user namespace refuses, and what it cannot make it does not load.',
    // A tar header by hand: the lab cannot make the node that an archive would hold.
    script: (stage) => `${place}; perl -e '
      my ($major, $minor) = (${diskOfNeighbour(stage).join(', ')});
      my $h = pack("a100a8a8a8a12a12a8a1a100a6a2a32a32a8a8a155", "disk", "0000666\\0", "0000000\\0", "0000000\\0", "00000000000\\0", "00000000000\\0", "        ", "4", "", "ustar\\0", "00", "root", "root", sprintf("%07o\\0", $major), sprintf("%07o\\0", $minor), "");
      $h .= "\\0" x (512 - length $h); my $s = 0; $s += ord for split //, $h; substr($h, 148, 8) = sprintf("%06o\\0 ", $s); print $h, "\\0" x 1024' > node.tar
      tar -xf node.tar && [ -b disk ] && dd if=disk bs=512 count=1 of=/dev/null && echo 'the archive made a node that opens'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'disk-mount',
    class: of,
    title: 'mount a disk of the machine',
    why: `A block device is mounted by the machine's root alone, and no node for it can be had: ${userNamespace}`,
    script: (stage) => `${place}; mknod disk b ${diskOfNeighbour(stage).join(' ')}; mkdir to
      for type in $(awk '!/nodev/ { print $1 }' /proc/filesystems); do mount -t $type disk to && [ -n "$(ls to)" ] && { echo "mounted as $type"; exit 0; }; done 2>&1; exit 1`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'loop-control',
    class: of,
    title: 'get a loop device of the machine',
    why: `Neither /dev/loop-control nor a node for it is there: ${userNamespace}`,
    script: `${node('loop-control', 'c', '10 237')}; perl -e 'open my $f, "+<", "loop-control" or die "open: $!\\n"; my $n = ioctl($f, 0x4c82, 0); defined $n or die "ioctl: $!\\n"; print "loop device ", $n + 0, "\\n"'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'devtmpfs',
    class: of,
    title: "mount devtmpfs, which has a node for all the machine's devices",
    why: 'devtmpfs may not be mounted from a user namespace.',
    script: `mount -t devtmpfs devtmpfs /mnt && ls -l /mnt | grep -q '^b' && echo 'all block devices are here'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'kmsg',
    class: of,
    title: "open the kernel's log through a node of one's own",
    why: `mknod is refused: ${userNamespace}`,
    script: `${node('kmsg', 'c', '1 11')}; exec 3<>kmsg && dd bs=8192 count=1 <&3 of=/dev/null && echo 'the log opens'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'memory',
    class: of,
    title: "open the machine's memory through a node of one's own",
    why: `mknod is refused: ${userNamespace}`,
    absent: /No such device/,
    script: `${node('mem', 'c', '1 1')}; exec 3<mem && head -c 16 <&3 >/dev/null && echo 'memory opens'`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'device-cgroup',
    class: of,
    title: 'allow all devices in the device cgroup',
    why: "The device cgroup's files belong to the machine's root (v1), or are a program that only it may change (v2).",
    script: `f=/sys/fs/cgroup/devices/devices.allow; [ -e $f ] || { echo absent here; exit 1; }; echo a >$f && echo 'all devices are allowed'`,
    absent: /absent here/,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'debugfs',
    class: of,
    title: 'mount debugfs, tracefs, securityfs, pstore or efivarfs',
    why: 'None of them may be mounted from a user namespace.',
    script: `for type in debugfs tracefs securityfs pstore efivarfs; do mount -t $type $type /mnt && { echo "$type is mounted"; exit 0; }; done 2>&1; exit 1`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'block-settings',
    class: of,
    title: "write a setting of the machine's disks in /sys/block",
    why: "Writable as the mount of /sys is, its files belong to the machine's root.",
    script: `for file in /sys/block/*/queue/read_ahead_kb; do value=$(cat $file) && echo $value >$file && { echo "wrote $file"; exit 0; }; done 2>&1; exit 1`,
    control: asMachineRoot,
  }),
  defineScript({
    id: 'file-handles',
    class: of,
    title:
      "open the root of the machine's disk by file handle, through a file of it that the lab has (/dev/fuse)",
    why: "open_by_handle_at wants a capability of the machine's user namespace, or a path below the mount.",
    absent: /not a disk of the machine/,
    script: byHandle(),
    control: asMachineRoot,
  }),
];

/** Inode 2 is the root of an ext4; the handle's type and form are those that the kernel gives for any file of it. */
function byHandle(): string {
  return `perl -e '
      my $path = shift; open my $in, "<", "/proc/self/mountinfo"; my ($type) = map { / - (\\S+) / } grep { / \\Q$path\\E / } <$in>;
      $type eq "ext4" or do { print "not a disk of the machine that has handles of this form: $type\\n"; exit 1 };
      my $handle = pack("LlLL", 8, 1, 2, 0);
      open my $mount, "<", $path or die "open: $!\\n";
      my $fd = syscall(${String(numberOf('open_by_handle_at'))}, fileno($mount), $handle, 0x10000);
      $fd >= 0 or die "open_by_handle_at: $!\\n";
      print "the root of the disk holds: ", join(" ", split /\\n/, \`ls -U /proc/self/fd/$fd | head -5\`), "\\n"; exit 0' /dev/fuse`;
}
