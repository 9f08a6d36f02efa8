/** Puts parts and the manifest that describes them into the one tar that read-bundle.mjs reads. */
import { createHash } from 'node:crypto';
import { createReadStream, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lab-host/engine/run-command.ts';
import {
  bundleFormat,
  manifestName,
  manifestSumName,
  type Manifest,
  type Part,
} from './read-bundle.mjs';

export type Collected = Pick<Part, 'name' | 'file'>;

const packTimeoutMs = 20 * 60_000;

interface Contents {
  /** Has the parts' files, and nothing of the names of the manifest. */
  folder: string;
  parts: Collected[];
  about: Pick<Manifest, 'drydock' | 'facts'>;
  signal: AbortSignal;
}

export async function assembleBundle(output: string, contents: Contents): Promise<void> {
  const { folder, signal } = contents;
  const partial = `${output}.partial`;
  const parts = await Promise.all(
    contents.parts.map(async (part) => ({ ...part, ...(await sumOf(join(folder, part.file))) })),
  );
  const made = new Date().toISOString();
  writeManifest(folder, { format: bundleFormat, made, ...contents.about, parts });
  const members = [manifestName, manifestSumName, ...parts.map(({ file }) => file)];
  // Plain ustar: what reads it before there are dependencies is to stay small.
  const plain = ['--format=ustar', '--owner=0', '--group=0', '--numeric-owner'];
  try {
    await pack(['-f', partial, ...plain, '-C', folder, ...members], signal);
    renameSync(partial, output);
  } finally {
    rmSync(partial, { force: true });
  }
}

export async function pack(args: string[], signal: AbortSignal): Promise<void> {
  await runCommand('tar', ['-c', ...args], { signal, timeoutMs: packTimeoutMs });
}

async function sumOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

function writeManifest(folder: string, manifest: Manifest): void {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const sum = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(folder, manifestName), text);
  writeFileSync(join(folder, manifestSumName), `${sum}  ${manifestName}\n`);
}
