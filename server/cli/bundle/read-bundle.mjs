/**
 * Reads a bundle: one tar with what a machine without a network needs (server/decisions/007-bundle.md). It runs before
 * any dependency is there: Node's built-ins only, any Node from 20. It does not know what the parts are for.
 *
 *   manifest.json          whom it fits, and of each part the name, size and SHA-256
 *   manifest.json.sha256   of the manifest, as `sha256sum -c` reads it
 *   <part>                 a tar, compressed or not
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** To be raised when a reader of this version could not use what is written. */
export const bundleFormat = 1;
export const manifestName = 'manifest.json';
export const manifestSumName = 'manifest.json.sha256';

/** @typedef {'dependencies' | 'packages' | 'images' | 'site'} PartName */
/** @typedef {{ name: PartName, file: string, bytes: number, sha256: string }} Part */
/** @typedef {Partial<Record<'arch' | 'debian' | 'lock' | 'recipes' | 'labRoot' | 'site', string>>} Facts */
/** @typedef {{ format: number, drydock: string, made: string, facts: Facts, parts: Part[] }} Manifest */
/** @typedef {{ file: string, bytes: number, manifest: Manifest, offsets: Map<PartName, number> }} Bundle */
/** @typedef {(percent: number) => void} OnProgress */

/** A bundle that cannot be used: what is wrong, and what to do. */
export class BundleError extends Error {
  /**
   * @param {string} what
   * @param {string} todo
   */
  constructor(what, todo = 'Copy the file again, or move it away to do without it.') {
    super(what);
    this.name = 'BundleError';
    this.todo = todo;
  }
}

/**
 * Reads the manifest and finds the parts; what is cut off or is no bundle is refused. The parts are not read yet.
 * @param {string} file
 * @returns {Promise<Bundle>}
 */
export async function openBundle(file) {
  const handle = await open(file).catch((cause) => {
    throw new BundleError(`The bundle ${file} cannot be read (${cause.code}).`, 'Check BUNDLE.');
  });
  try {
    const { size } = await handle.stat();
    const tar = new TarReader(handle, size, file);
    const text = await tar.small(manifestName);
    const sum = await tar.small(manifestSumName);
    if (!sum.toString('utf8').startsWith(`${sha256(text)} `)) throw damaged(file, 'its manifest');
    const manifest = parseManifest(text, file);
    /** @type {Bundle['offsets']} */
    const offsets = new Map();
    for (const part of manifest.parts) offsets.set(part.name, await tar.member(part));
    return { file, bytes: size, manifest, offsets };
  } finally {
    await handle.close();
  }
}

/**
 * @param {Bundle} bundle
 * @param {PartName} name
 * @param {OnProgress} [onProgress]
 */
export async function verifyPart(bundle, name, onProgress = () => {}) {
  const part = partOf(bundle, name);
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of partStream(bundle, part)) {
    hash.update(chunk);
    seen += chunk.length;
    onProgress((seen / part.bytes) * 100);
  }
  if (hash.digest('hex') !== part.sha256) throw damaged(bundle.file, `its part "${name}"`);
}

/**
 * Unpacks a part, once its checksum is right, into `folder`, which is emptied first and gone again after a failure.
 * GNU tar refuses members that lead out of the folder, by `..`, by a leading `/` or through a link.
 * @param {Bundle} bundle
 * @param {PartName} name
 * @param {string} folder
 * @param {{ keepOwners?: boolean, onProgress?: OnProgress }} [options]
 */
export async function unpackPart(bundle, name, folder, options = {}) {
  const { keepOwners = false, onProgress = () => {} } = options;
  await verifyPart(bundle, name, (percent) => onProgress(percent / 10));
  const part = partOf(bundle, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const owners = keepOwners ? ['--same-owner', '--numeric-owner', '-p'] : ['--no-same-owner'];
  const gzip = part.file.endsWith('.gz') ? ['-z'] : [];
  const child = spawn('tar', ['-x', ...gzip, ...owners, '-C', folder, '-f', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (errors += text));
  const ended = once(child, 'close');
  let seen = 0;
  const counted = Readable.from(
    (async function* () {
      for await (const chunk of partStream(bundle, part)) {
        seen += chunk.length;
        onProgress(10 + (seen / part.bytes) * 90);
        yield chunk;
      }
    })(),
  );
  // A tar that ends early closes its end of the pipe; why, it says itself.
  const fed = pipeline(counted, child.stdin).catch(() => undefined);
  const [code] = await Promise.all([ended, fed]).then(([end]) => end);
  if (code === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new BundleError(
    `The part "${name}" of ${basename(bundle.file)} could not be unpacked:\n${errors.split('\n').slice(-6).join('\n')}`,
    'If the disk is full, free some space and run the command again.',
  );
}

/**
 * @param {Bundle} bundle
 * @param {PartName} name
 * @returns {Part}
 */
function partOf(bundle, name) {
  const part = bundle.manifest.parts.find((one) => one.name === name);
  if (!part) throw new BundleError(`${basename(bundle.file)} has no part "${name}".`);
  return part;
}

/**
 * @param {Bundle} bundle
 * @param {Part} part
 */
function partStream(bundle, part) {
  const start = bundle.offsets.get(part.name) ?? 0;
  if (part.bytes === 0) return Readable.from([]);
  return createReadStream(bundle.file, {
    start,
    end: start + part.bytes - 1,
    highWaterMark: 1024 * 1024,
  });
}

const blockBytes = 512;
const maxManifestBytes = 1024 * 1024;

/** Only what a bundle is made of: plain files, in the order they are asked for, named as they are asked for. */
class TarReader {
  #at = 0;
  #handle;
  #size;
  #file;

  /**
   * @param {import('node:fs/promises').FileHandle} handle
   * @param {number} size
   * @param {string} file
   */
  constructor(handle, size, file) {
    this.#handle = handle;
    this.#size = size;
    this.#file = file;
  }

  /** @param {string} name */
  async small(name) {
    const { start, bytes } = await this.#next(name);
    if (bytes > maxManifestBytes) throw notABundle(this.#file);
    return this.#read(start, bytes);
  }

  /**
   * Where the part begins.
   * @param {Part} part
   */
  async member(part) {
    const { start, bytes } = await this.#next(part.file);
    if (bytes !== part.bytes) throw damaged(this.#file, `the header of "${part.name}"`);
    return start;
  }

  /** @param {string} name */
  async #next(name) {
    const first = this.#at === 0;
    const header = await this.#read(this.#at, blockBytes);
    const bytes = headerOf(header, name);
    if (bytes === undefined)
      throw first ? notABundle(this.#file) : damaged(this.#file, `the header of "${name}"`);
    const start = this.#at + blockBytes;
    if (start + bytes > this.#size) throw cutOff(this.#file, this.#size, start + bytes);
    this.#at = start + Math.ceil(bytes / blockBytes) * blockBytes;
    return { start, bytes };
  }

  /**
   * @param {number} at
   * @param {number} bytes
   */
  async #read(at, bytes) {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await this.#handle.read(buffer, 0, bytes, at);
    if (bytesRead < bytes) throw cutOff(this.#file, this.#size, at + bytes);
    return buffer;
  }
}

/**
 * The size of the member; undefined if the header is damaged or of another one.
 * @param {Buffer} header
 * @param {string} name
 */
function headerOf(header, name) {
  const text = (/** @type {number} */ from, /** @type {number} */ to) =>
    header.toString('latin1', from, to).replace(/[\0 ].*$/s, '');
  let sum = 8 * 0x20;
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  const right = parseInt(text(148, 156), 8) === sum;
  const bytes = parseInt(text(124, 136), 8);
  return right && text(0, 100) === name && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/**
 * @param {Buffer} text
 * @param {string} file
 * @returns {Manifest}
 */
function parseManifest(text, file) {
  const manifest = JSON.parse(text.toString('utf8'));
  if (manifest.format !== bundleFormat) {
    throw new BundleError(
      `The bundle ${file} has format ${manifest.format}; this Drydock reads format ${bundleFormat}.`,
      'Make it anew with `npm run bundle` of the same version of Drydock.',
    );
  }
  return manifest;
}

/** @param {Buffer} data */
function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

/** @param {string} file */
function notABundle(file) {
  return new BundleError(
    `${file} is not a bundle of Drydock, or its beginning is damaged.`,
    'Point BUNDLE to a file that `npm run bundle` has written, or move this one away.',
  );
}

/**
 * @param {string} file
 * @param {number} size
 * @param {number} needed
 */
function cutOff(file, size, needed) {
  return new BundleError(
    `The bundle ${file} is cut off: it has ${size} bytes and must have more than ${needed}.`,
  );
}

/**
 * @param {string} file
 * @param {string} what
 */
function damaged(file, what) {
  return new BundleError(`The bundle ${file} is damaged: ${what} does not match its checksum.`);
}
