import { chown, mkdir, readdir, rename, symlink, writeFile, lchown } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabRoot } from './lab-root.ts';

/** Where every lab has the shared layers. */
const layersInLab = '/opt/layers';

/**
 * Splits a lab's disk in two folders on it: `layers/<id>/diff` with the files of the images, and `template/` with all
 * the rest, in which `docker/overlay2/<id>/diff` is a link to where a lab finds them.
 */
export async function separateLayers(
  disk: string,
  root: LabRoot,
): Promise<{ layers: string; rest: string }> {
  const layers = join(disk, 'layers');
  const rest = join(disk, 'template');
  for (const folder of [layers, rest, join(rest, 'disk')]) await makeOwned(folder, root);
  await rename(join(disk, 'docker'), join(rest, 'docker'));
  const overlay = join(rest, 'docker/overlay2');
  for (const id of await readdir(overlay)) {
    if (id !== 'l') await separateLayer(join(overlay, id), join(layers, id), root);
  }
  return { layers, rest };
}

async function separateLayer(from: string, to: string, root: LabRoot): Promise<void> {
  await makeOwned(to, root);
  await rename(join(from, 'diff'), join(to, 'diff'));
  const link = join(from, 'diff');
  await symlink(join(layersInLab, to.slice(to.lastIndexOf('/') + 1), 'diff'), link);
  await lchown(link, root.uid, root.gid);
  // Tells the engine that the layer is only read; without it `docker save` and `push` try to write beside it.
  const committed = join(from, 'committed');
  await writeFile(committed, '');
  await chown(committed, root.uid, root.gid);
}

async function makeOwned(folder: string, root: LabRoot): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  await chown(folder, root.uid, root.gid);
}
