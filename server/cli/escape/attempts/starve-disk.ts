/** Class 8, third part: every path of a lab that can be written, filled until it ends. */
import {
  readFileSync,
  readdirSync,
  existsSync,
  rmSync,
  statSync,
  mkdirSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import { defineAttempt, type Attempt } from '../attempt.ts';
import { hostCommand } from '../stage/host-command.ts';
import { lastLine } from '../stage/outcome.ts';
import type { Stage } from '../stage/stage.ts';

const of = 'starvation' as const;
const gib = 1024 ** 3;
/** What a lab may write, and the file system's own. */
const most = 2 * gib + 64 * 1024 ** 2;
/** More than it may on any of them. */
const fillMiB = 2_300;

/** What is memory ends by the lab's limit of memory, which other attempts meet: here, that it is memory is enough. */
const fillMemoryMiB = 200;

const places = `cut -d' ' -f5 /proc/self/mountinfo | sort -u | while read -r at; do
  case $at in /proc*|/sys*|/run/.sys*|/|/var/lib/docker) continue;; esac; [ -d "$at" ] && echo "$at/.fill" || echo "$at"; done
echo /etc/hosts /etc/hostname /etc/resolv.conf /.dockerenv /.enter /.disk/fill /opt/layers/fill /boot/fill /var/lib/docker/fill /root/fill | tr ' ' '\\n'`;

/** One place, until it ends or it is enough. Of a device or a read-only file nothing comes. */
function fill(place: string): string {
  return `[ -c '${place}' ] && exit; dir=$(dirname '${place}'); most=${String(fillMiB)}; [ "$(stat -f -c %T $dir)" = tmpfs ] && most=${String(fillMemoryMiB)}
perl -e 'my ($file, $most) = @ARGV; open my $out, ">>", $file or exit; my $block = "x" x (1 << 20); my $n = 0;
    for (1 .. $most) { (syswrite $out, $block) == length $block or last; $n++ } print "$file $n MiB\\n"' '${place}' $most
[ $most = ${String(fillMemoryMiB)} ] && rm -f '${place}'; true`;
}

export const starveDisk: Attempt[] = [
  defineAttempt({
    id: 'starve-disk',
    class: of,
    title: 'write to every mount and every odd path of the lab until it ends',
    why: 'All that a lab can write is its own disk, a file of fixed size on the machine, or its own memory.',
    setting: 'alone',
    spoils: true,
    timeoutMs: 150_000,
    async run(stage) {
      const before = takenOnMachine(stage, stage.attacker.id, stage.attacker.containerId);
      const filled: string[] = [];
      for (const place of (await stage.attacker.must(places)).split('\n')) {
        const { output } = await stage.attacker.run(fill(place), { timeoutMs: 60_000 });
        const [, path, size] = /^(\/\S*) (\d+) MiB$/m.exec(output) ?? [];
        if (path !== undefined && size !== '0') filled.push(`${path} ${size ?? ''}`);
      }
      const after = takenOnMachine(stage, stage.attacker.id, stage.attacker.containerId);
      if (after.disk < gib) throw new Error(`The disk was not filled: ${filled.join(', ')}`);
      const neighbour = await stage.neighbour.run(
        'docker run --rm busybox true && echo x >/root/x',
      );
      const words = `${String(filled.length)} places; on the machine ${(after.disk / gib).toFixed(2)} GiB of disk and ${String(Math.round((after.other - before.other) / 1024))} KiB elsewhere`;
      const reached =
        after.disk > most || after.other - before.other > 4 * 1024 ** 2 || neighbour.exitCode !== 0;
      return { reached, seen: `${words}; ${filled.join(', ')}`.slice(0, 300) };
    },
    /** The machine's own disk in the place of the lab's. */
    async control(stage) {
      const folder = join(stage.paths.stateDir, `escape-fill-${String(process.pid)}`);
      mkdirSync(folder);
      chmodSync(folder, 0o777);
      try {
        await using container = await stage.engine.container((options) => ({
          ...options,
          Binds: [`${folder}:/var/lib/docker`],
        }));
        await container.run(
          `perl -e 'open my $out, ">", "/var/lib/docker/fill"; my $block = "x" x (1 << 20); for (1 .. ${String(fillMiB)}) { syswrite $out, $block }'`,
          90_000,
        );
        const size = statSync(join(folder, 'fill')).size;
        return {
          reached: size > most,
          seen: `${(size / gib).toFixed(2)} GiB, and it could have gone on`,
        };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  }),
  defineAttempt({
    id: 'starve-inodes',
    class: of,
    title: "take all inodes of the lab's disk, and make the disk hard to remove",
    why: "They are those of the lab's own file system, which is removed as a whole.",
    setting: 'alone',
    spoils: true,
    timeoutMs: 90_000,
    async run(stage) {
      const lab = await stage.makeLab();
      const image = join(stage.paths.disks, `${lab.id}.img`);
      await lab.must(
        `cd /var/lib/docker && mkdir many && cd many && perl -e 'my $n = 0; for (1 .. 150000) { open my $f, ">", $_ or last; $n++ } print "$n files\\n"; exit($n > 10000 ? 0 : 1)'; chattr +i /var/lib/docker/many 2>/dev/null; cd /var/lib/docker/many; setsid sleep 100 >/dev/null 2>&1 </dev/null &`,
      );
      const neighbour = await stage.neighbour.run(
        'mkdir /root/inodes && touch /root/inodes/x && docker run --rm busybox true',
      );
      await lab[Symbol.asyncDispose]();
      const left =
        existsSync(image) ||
        (await mountsNaming(stage, lab.id)) ||
        readdirSync(stage.paths.disks).some((name) => name.startsWith(lab.id));
      return {
        reached: neighbour.exitCode !== 0 || left,
        seen: left
          ? 'something of the disk is left'
          : 'the neighbour works, and nothing of the disk is left',
      };
    },
    async control(stage) {
      const script =
        'mkdir -p "$1" && mount -t tmpfs -o nr_inodes=500 tmpfs "$1" && cd "$1" && for n in $(seq 600); do touch $n 2>/dev/null; done; touch other';
      const { exitCode, output } = await hostCommand({
        program: 'unshare',
        args: ['--mount', 'bash', '-c', script, 'bash', join(stage.canaries.folder, 'inodes')],
      });
      return { reached: exitCode !== 0, seen: `two on one file system: ${lastLine(output)}` };
    },
  }),
];

function takenOnMachine(
  { paths }: Stage,
  labId: string,
  containerId: string,
): { disk: number; other: number } {
  const disk = statSync(join(paths.disks, `${labId}.img`)).blocks * 512;
  const folders = readdirSync(paths.engineData).flatMap((name) => [
    join(paths.engineData, name, 'containers', containerId),
  ]);
  const other = folders
    .filter((dir) => existsSync(dir))
    .flatMap(filesOf)
    .concat(filesOf(paths.devices))
    .reduce((sum, file) => sum + blocks(file), 0);
  return { disk, other };
}

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
}

function blocks(file: string): number {
  try {
    return statSync(file).blocks * 512;
  } catch {
    return 0;
  }
}

async function mountsNaming(stage: Stage, name: string): Promise<boolean> {
  const { output } = await hostCommand({
    program: 'nsenter',
    args: [`--mount=${stage.paths.namespaces}/mnt`, 'cat', '/proc/self/mountinfo'],
  });
  return output.includes(name) || readFileSync('/proc/self/mountinfo', 'utf8').includes(name);
}
