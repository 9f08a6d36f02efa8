/** Builds the images that are missing, in the lab host's namespaces, and shows how far it is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openEgress } from '../../lab-host/engine/egress.ts';
import { insideNamespaces } from '../../lab-host/engine/namespaces.ts';
import {
  ownerText,
  imagesReady,
  readRecipes,
  unpackedFolder,
} from '../../lab-host/images/index.ts';
import { labRootIds } from '../../lab-host/engine/users.ts';
import type { LabHostPaths } from '../../lab-host/paths.ts';
import { partOfBundle } from '../bundle/use-bundle.ts';
import { CannotRun } from '../cannot-run.ts';
import { step } from '../progress.ts';

const lineSchema = z.union([
  z.object({
    step: z.string(),
    text: z.string(),
    done: z.boolean().optional(),
    seconds: z.number().optional(),
  }),
  z.object({ ready: z.looseObject({}) }),
  z.object({ failed: z.string() }),
]);

export async function prepareImages(
  paths: LabHostPaths,
  bundle: string | undefined,
): Promise<void> {
  if (await imagesReady(paths.stateDir)) {
    await step('engine', (tell) => runPrepare(paths, tell));
    return;
  }
  const { hash } = await readRecipes();
  const here = { arch: process.arch, recipes: hash, labRoot: ownerText(labRootIds()).trim() };
  const bundled = await partOfBundle(bundle, 'images', here);
  if (bundled) {
    const folder = unpackedFolder(paths.stateDir);
    await step('images', (tell) => bundled.unpack(folder, { keepOwners: true, tell }));
    await step('engine', (tell) => runPrepare(paths, tell, ['--unpacked', folder]));
    return;
  }
  await using _egress = await openEgress(paths);
  await step('engine and images (first time)', (tell) => runPrepare(paths, tell));
}

export async function runPrepare(
  paths: LabHostPaths,
  tell: (text: string) => void,
  more: string[] = [],
): Promise<void> {
  const script = join(import.meta.dirname, '..', '..', 'lab-host', 'prepare.ts');
  const [program, args] = insideNamespaces(paths, process.execPath, [
    '--disable-warning=ExperimentalWarning',
    script,
    ...['--state', paths.stateDir, '--run', paths.runDir],
    ...more,
  ]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
  let failure: string | undefined;
  let ready = false;
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = lineSchema.parse(JSON.parse(text));
    if ('ready' in line) ready = true;
    else if ('failed' in line) failure = line.failed;
    else
      tell(
        `${line.step}: ${line.text}${line.seconds === undefined ? '' : ` (${line.seconds.toFixed(0)} s)`}`,
      );
  });
  await once(child, 'close');
  if (!ready) {
    throw new CannotRun(
      failure ?? 'The images could not be built.',
      `Logs are in ${paths.logs}. Building needs the machine's Debian mirror (or a bundle: \`npm run bundle\`); what is built already is kept.`,
    );
  }
}
