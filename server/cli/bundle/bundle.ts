/** `npm run bundle`: writes, or checks, the file that lets a machine without a network start. */
import { resolve } from 'node:path';
import { loadConfig } from '../../config.ts';
import { useLabHost } from '../host/use-lab-host.ts';
import { say, step } from '../progress.ts';
import { openBundle, verifyPart } from './read-bundle.mjs';
import { writeBundle } from './write-bundle.ts';

export async function bundle(options: { output?: string; verify?: string }): Promise<void> {
  if (options.verify === undefined) {
    const config = loadConfig();
    const output = options.output === undefined ? undefined : resolve(options.output);
    // What brings the lab host up has all images built.
    const file = await useLabHost(({ signal }) => writeBundle(config, { output, signal }));
    await report(file);
  } else await report(resolve(options.verify));
}

async function report(file: string): Promise<void> {
  const opened = await openBundle(file);
  const { parts, facts, made, drydock } = opened.manifest;
  for (const { name } of parts) await step(`checking ${name}`, () => verifyPart(opened, name));
  say(
    `Drydock ${drydock}, made ${made}, for ${facts.debian ?? 'any system'} on ${facts.arch ?? ''}`,
  );
  for (const { name, bytes } of parts) say(`  ${name.padEnd(14)} ${megabytes(bytes)}`);
  say(`  ${'in all'.padEnd(14)} ${megabytes(opened.bytes)}`);
  process.stdout.write(`${file}\n`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1).padStart(7)} MB`;
}
