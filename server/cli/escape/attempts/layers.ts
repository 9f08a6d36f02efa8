/** Class 6: the image layers that all labs share. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync, chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import { lastLine, outcomeOf } from '../stage/outcome.ts';
import type { Stage } from '../stage/stage.ts';
import { securityOptions, type Variant } from '../stage/variants.ts';

const of = 'layers' as const;
const readOnly =
  'The layers are a squashfs: a file system that cannot be written, by whatever mount.';
const findFile = 'file=$(find /opt/layers -type f | sort | head -1)';

export const layers: Attempt[] = [
  onLayers(
    'layer-write',
    'write into a file of a shared layer',
    `${findFile}; printf changed >>"$file"`,
  ),
  onLayers(
    'layer-create',
    'create, rename and remove files in a shared layer',
    `touch /opt/layers/new && rm /opt/layers/new && ${findFile} && mv "$file" "$file.x" && mv "$file.x" "$file"`,
  ),
  onLayers(
    'layer-truncate',
    'truncate a file of a shared layer through /proc/self/fd',
    `${findFile}; exec 3<"$file"; truncate -s 1 /proc/self/fd/3`,
  ),
  onLayers(
    'layer-attributes',
    'change mode, owner, time and attributes of a shared layer',
    `${findFile}; chmod 600 "$file" || chown 1 "$file" || touch -d @0 "$file"`,
  ),
  {
    ...onLayers(
      'layer-remount',
      'mount the shared layers again, writable',
      `for options in remount,rw remount,bind,rw; do mount -o $options /opt/layers; done; touch /opt/layers/new && rm -f /opt/layers/new`,
    ),
    control: (stage) =>
      inFolder(
        stage,
        remountable,
        `mount -o remount,bind,rw /opt/layers; touch /opt/layers/new && rm -f /opt/layers/new`,
      ),
  },
  defineAttempt({
    id: 'layer-over-mount',
    class: of,
    setting: 'own',
    title: 'mount over a file of a shared layer, so that other labs see another program',
    why: 'Mounts of a lab are in its own mount namespace, and none of them propagates.',
    async run(stage) {
      const before = await look(stage);
      await stage.attacker.must(
        `${findFile}; printf planted >/tmp/planted; mount --make-rshared /; mount --bind /tmp/planted "$file"; grep -q planted "$file"`,
      );
      const after = await look(stage);
      await stage.attacker.must(`${findFile}; umount "$file"`);
      return { reached: before !== after, seen: 'the neighbour sees the file as it was' };
    },
    async control(stage) {
      const before = await look(stage);
      await stage.neighbour.must(
        `${findFile}; printf planted >/tmp/planted; mount --bind /tmp/planted "$file"`,
      );
      const after = await look(stage);
      await stage.neighbour.must(`${findFile}; umount "$file"`);
      return { reached: before !== after, seen: 'mounted in the same mount namespace it is seen' };
    },
  }),
  defineAttempt({
    id: 'layer-overlay',
    class: of,
    title:
      "change an image's program through an overlay of one's own, through a container's layer and through docker commit",
    why: `What changes is the upper layer, on the lab's own disk. ${readOnly}`,
    timeoutMs: 60_000,
    async run(stage) {
      const before = await lookAtImage(stage);
      await stage.attacker
        .must(`mkdir -p /tmp/up /tmp/work /tmp/merged; mount -t overlay overlay -o lowerdir=/opt/layers,upperdir=/tmp/up,workdir=/tmp/work,userxattr /tmp/merged; cd /tmp/merged; printf planted >"$(find . -type f | sort | head -1)"
        cd /; umount /tmp/merged; docker run --name planted busybox sh -c 'echo planted >/bin/sh; echo planted >/bin/busybox' 2>/dev/null; docker commit planted busybox >/dev/null; docker rm planted >/dev/null`);
      const after = await lookAtImage(stage);
      await stage.attacker.run('docker rmi -f busybox; docker tag busybox:1 busybox:latest');
      return { reached: before !== after, seen: 'the image is the same in the neighbour' };
    },
    control: (stage) =>
      inFolder(
        stage,
        writable,
        `mkdir -p /tmp/merged && cd /opt/layers && printf planted >"$(find . -type f | sort | head -1)"`,
      ),
  }),
  defineAttempt({
    id: 'layer-links',
    class: of,
    title:
      "replace the links in the lab's own /var/lib/docker, so that another lab's engine follows them",
    why: "Each lab's /var/lib/docker is on its own disk.",
    setting: 'own',
    spoils: true,
    async run(stage) {
      const before = await lookAtImage(stage);
      await stage.attacker.must(
        `mkdir -p /tmp/planted; for link in /var/lib/docker/overlay2/*/diff; do [ -L $link ] && ln -sfn /tmp/planted $link; done; ls -d /var/lib/docker/overlay2/*/diff | head -1`,
      );
      const after = await lookAtImage(stage);
      return { reached: before !== after, seen: 'the image is the same in the neighbour' };
    },
    async control(stage) {
      const lab = await stage.makeLab();
      try {
        const before = await digest(lab.must(program));
        await lab.must(
          `mkdir -p /tmp/planted; for link in /var/lib/docker/overlay2/*/diff; do ln -sfn /tmp/planted $link; done`,
        );
        const { output } = await lab.run(program);
        return {
          reached: createHash('sha256').update(output).digest('hex') !== before,
          seen: 'an engine on the same disk follows them',
        };
      } finally {
        await lab[Symbol.asyncDispose]();
      }
    },
  }),
  defineAttempt({
    id: 'layer-lock',
    class: of,
    title: "lock a file of an image for ever, so that a neighbour's containers wait for it",
    why: "Locks are of the overlay's file, and each container has an overlay of its own.",
    setting: 'own',
    timeoutMs: 60_000,
    run: (stage) => lock(stage, 'docker run --rm debian flock -n /usr/bin/ls true'),
    control: (stage) => lock(stage, `flock -n ${shared} true`),
  }),
];

/** In the lab: must fail. In a container that has a writable folder in the layers' place: must succeed. */
function onLayers(id: string, title: string, script: string): Attempt {
  return defineAttempt({
    id,
    class: of,
    title,
    why: readOnly,
    run: (stage) => stage.attacker.try(`{ ${script}; } 2>&1 && echo done`),
    control: (stage) => inFolder(stage, writable, script),
  });
}

const writable = (stage: Stage): Variant => ({
  name: 'writable-layers',
  change: (options) => ({
    ...options,
    Binds: [`${join(stage.canaries.folder, 'writable-layers')}:/opt/layers`],
  }),
});

/** Read-only by its mount alone, and of the machine's user namespace, so that the mount can be changed. */
const remountable = (stage: Stage): Variant => ({
  name: 'remountable-layers',
  change: (options) => ({
    ...options,
    UsernsMode: 'host',
    CapAdd: ['SYS_ADMIN'],
    SecurityOpt: [...securityOptions(options), 'no-new-privileges'],
    Binds: [`${join(stage.canaries.folder, 'remountable-layers')}:/opt/layers:ro`],
  }),
});

async function inFolder(
  stage: Stage,
  variant: (stage: Stage) => Variant,
  script: string,
): Promise<Outcome> {
  // One a variant: their roots differ, and with them whose the files are.
  const { name } = variant(stage);
  const folder = join(stage.canaries.folder, name);
  mkdirSync(join(folder, 'layer'), { recursive: true });
  chmodSync(folder, 0o777);
  const file = join(folder, 'layer', 'program');
  writeFileSync(file, 'x'.repeat(5000));
  const container = await stage.container(variant(stage));
  // As a layer's files are: of the root there.
  const map = readFileSync(`/proc/${String(container.pid)}/uid_map`, 'utf8');
  const root = Number(/^\s*0\s+(\d+)/.exec(map)?.[1]);
  for (const path of [folder, join(folder, 'layer'), file]) chownSync(path, root, root);
  return outcomeOf(await container.run(`{ ${script}; } 2>&1 && echo done`));
}

const program = 'docker run --rm busybox cat /bin/busybox | sha256sum';

async function look(stage: Stage): Promise<string> {
  return digest(stage.neighbour.must(`${findFile}; cat "$file"`));
}

async function lookAtImage(stage: Stage): Promise<string> {
  return digest(stage.neighbour.must(`${program}; ${findFile}; sha256sum "$file"`));
}

async function digest(output: Promise<string>): Promise<string> {
  return createHash('sha256')
    .update(await output)
    .digest('hex');
}

const shared = '$(find /opt/layers -type f -path "*/bin/ls" | head -1)';

async function lock(stage: Stage, command: string): Promise<Outcome> {
  await stage.neighbour.must('docker run --rm debian flock -n /usr/bin/ls true');
  await stage.attacker.must(
    `docker run -d --rm --name lock debian flock /usr/bin/ls sleep 20 >/dev/null; setsid flock ${shared} sleep 20 >/dev/null 2>&1 </dev/null & sleep 1; ! flock -n ${shared} true && docker exec lock sh -c '! flock -n /usr/bin/ls true'`,
  );
  const { exitCode, output } = await stage.neighbour.run(command);
  await stage.attacker.run('docker rm -f lock; pkill flock');
  return {
    reached: exitCode !== 0,
    seen:
      exitCode === 0
        ? 'the neighbour gets the lock'
        : `the neighbour does not get the lock ${lastLine(output)}`,
  };
}
