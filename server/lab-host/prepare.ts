/**
 * `prepare.ts --state DIR --run DIR`: brings the engine up and builds the images it lacks, as root in the lab host's
 * namespaces. `--unpacked DIR`: takes what a bundle had of them first; `--save DIR`: writes the lab's image for a bundle.
 * Writes one JSON object a line to stdout (ImageBuildContext's progress) and ends with {"ready": LabImages}.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { installRuntimeFiles } from './engine/runtime-files.ts';
import { startEngine } from './engine/start-engine.ts';
import { ensureImages, saveLabImage, takeUnpacked } from './images/index.ts';
import { diskKind } from './labs/disk-kind.ts';
import { templateLab } from './labs/template-lab.ts';
import { reasonOf } from '../errors.ts';
import { labHostPaths } from './paths.ts';

const { values } = parseArgs({
  options: {
    state: { type: 'string' },
    run: { type: 'string' },
    unpacked: { type: 'string' },
    save: { type: 'string' },
  },
});
const options = z
  .object({
    state: z.string(),
    run: z.string(),
    unpacked: z.string().optional(),
    save: z.string().optional(),
  })
  .parse(values);
const paths = labHostPaths(options.state, options.run);
const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => {
    stop.abort(new Error(`ended by ${name}`));
  });

// A build that is broken off takes its folder away while the engine's client may still read it.
process.on('uncaughtException', (error) => {
  say({ failed: reasonOf(error) });
  process.exit(2);
});

try {
  await installRuntimeFiles(paths);
  say({ step: 'engine', text: 'starting the lab host' });
  const started = performance.now();
  const engine = await startEngine(paths, stop.signal);
  say({
    step: 'engine',
    text: 'lab host up',
    done: true,
    seconds: (performance.now() - started) / 1000,
  });
  if (options.unpacked !== undefined) {
    say({ step: 'engine', text: 'taking in the image of the labs' });
    await takeUnpacked(engine, paths.stateDir, options.unpacked);
  }
  const images = await ensureImages({
    engine,
    stateDir: paths.stateDir,
    signal: stop.signal,
    progress: say,
    mountsFiles: (await diskKind(paths)) === 'file',
    startLab: (lab) => templateLab({ engine, paths, signal: stop.signal, ...lab }),
  });
  if (options.save !== undefined) await saveLabImage(engine, images.lab, options.save);
  say({ ready: images });
} catch (error) {
  say({ failed: reasonOf(error) });
  process.exitCode = 2;
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
