/** Which bundle is there, and what of it serves here. Node's built-ins only, any Node from 20: see read-bundle.mjs. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const namePattern = /^drydock-bundle-.*\.tar$/;

/**
 * The file that BUNDLE names, else the newest `drydock-bundle-*.tar` beside the checkout. What is in a bundle runs as
 * whoever starts Drydock, so one that somebody else may have put there (in a shared folder, say) is not taken unasked.
 * @param {string} root the checkout
 * @param {string | undefined} setting
 * @returns {string | undefined}
 */
export function findBundle(root, setting) {
  if (setting !== undefined) return setting;
  const beside = dirname(root);
  const mine = process.getuid?.() ?? 0;
  return namesIn(beside)
    .filter((name) => namePattern.test(name))
    .map((name) => ({ file: join(beside, name), facts: statSync(join(beside, name)) }))
    .filter(({ facts }) => (facts.uid === 0 || facts.uid === mine) && (facts.mode & 0o022) === 0)
    .sort((one, other) => other.facts.mtimeMs - one.facts.mtimeMs)
    .at(0)?.file;
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    // Not ours to list: then there is none.
    return [];
  }
}

/** What each part must agree with. A site that does not fit is built here; that takes no network. */
const must = /** @type {const} */ ({
  dependencies: ['arch', 'lock'],
  packages: ['arch', 'debian'],
  images: ['arch', 'recipes', 'labRoot'],
  site: ['site'],
});

/**
 * Why a part does not serve here; undefined: it does.
 * @param {import('./read-bundle.mjs').Manifest} manifest
 * @param {import('./read-bundle.mjs').PartName} part
 * @param {import('./read-bundle.mjs').Facts} here
 * @returns {string | undefined}
 */
export function whyUnfit(manifest, part, here) {
  if (!manifest.parts.some(({ name }) => name === part)) return 'it has none';
  const fact = must[part].find((name) => manifest.facts[name] !== here[name]);
  return fact && reasons[fact](manifest.facts[fact] ?? 'nothing', here[fact] ?? 'unknown');
}

/** @type {Record<keyof import('./read-bundle.mjs').Facts, (its: string, here: string) => string>} */
const reasons = {
  arch: (its, here) => `it is for ${its}, this machine is ${here}`,
  debian: (its, here) => `it is for ${its}, this machine has ${here}`,
  lock: () => 'package-lock.json is another one than where it was made',
  recipes: () => 'the recipes in labs/_images are other ones than where it was made',
  labRoot: (its, here) =>
    `its files belong to the ids ${its}, and the labs of this machine have ${here} (/etc/subuid)`,
  site: () => 'chapters, scenarios or the site are other ones than where it was made',
};

/** @param {string} root */
export function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** `debian 12`, `ubuntu 24.04`. */
export function osRelease(file = '/etc/os-release') {
  if (!existsSync(file)) return 'an unknown system';
  const text = readFileSync(file, 'utf8');
  const field = (/** @type {string} */ name) =>
    new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? '';
  return `${field('ID')} ${field('VERSION_ID') || field('VERSION_CODENAME')}`.trim();
}
