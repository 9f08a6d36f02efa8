/** What a command takes from a bundle when the machine lacks it, and what it says about a bundle that does not serve. */
import { basename, join } from 'node:path';
import { say } from '../progress.ts';
import { findBundle, whyUnfit } from './find-bundle.mjs';
import { openBundle, unpackPart, type Facts, type PartName } from './read-bundle.mjs';

const root = join(import.meta.dirname, '..', '..', '..');

export interface BundlePart {
  /** Into `folder`, which holds nothing else afterwards. */
  unpack(
    folder: string,
    options: { keepOwners?: boolean; tell: (text: string) => void },
  ): Promise<void>;
}

/** Undefined: there is no bundle, or its part is for another machine or version. */
export async function partOfBundle(
  setting: string | undefined,
  name: PartName,
  here: Facts,
): Promise<BundlePart | undefined> {
  const file = findBundle(root, setting);
  if (file === undefined) return undefined;
  const bundle = await openBundle(file);
  const unfit = whyUnfit(bundle.manifest, name, here);
  if (unfit !== undefined) {
    say(`  The part "${name}" of ${basename(file)} does not serve here: ${unfit}.`);
    return undefined;
  }
  return {
    async unpack(folder, { tell, keepOwners = false }) {
      let shown = -1;
      const onProgress = (percent: number): void => {
        // In steps: each is a line where stderr is no terminal.
        const rounded = Math.floor(percent / 25) * 25;
        if (rounded === shown) return;
        shown = rounded;
        tell(`from ${basename(file)}, ${String(rounded)} %`);
      };
      await unpackPart(bundle, name, folder, { keepOwners, onProgress });
    },
  };
}
