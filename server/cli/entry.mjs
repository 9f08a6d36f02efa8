/**
 * What every npm script runs first, before any dependency is there: Node's built-ins only, any Node from 20.
 * Has the locked dependencies, from a bundle or by npm, if they are missing or stale, then hands over to main.ts on Node 24.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import util from 'node:util';
import { findBundle, lockHash, whyUnfit } from './bundle/find-bundle.mjs';
import { BundleError, openBundle, unpackPart, verifyPart } from './bundle/read-bundle.mjs';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..');
const node24 = join(root, 'node_modules', 'node', 'bin', 'node');
const stamp = join(root, 'node_modules', '.drydock-lock');
const oldestNode = 20;

checkPlatform();
await installDependencies();
handOver();

function checkPlatform() {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    fail(
      `Node ${process.versions.node} is too old.`,
      `Install Node ${oldestNode} or newer and run the command again.`,
    );
  }
  if (process.platform === 'win32') {
    fail(
      'Drydock does not run on Windows itself.',
      'Run it in WSL 2 (`wsl --install`, then clone and start it there); with Docker Desktop, switch on "WSL integration" for that distribution.',
    );
  }
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    fail(
      `Drydock runs on Linux and macOS; this is ${process.platform}.`,
      'Run it in a Linux machine or VM.',
    );
  }
}

async function installDependencies() {
  const wanted = lockHash(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(node24)) return;
  const unpacked = await dependenciesFromBundle(wanted).catch((error) => {
    if (!(error instanceof BundleError)) throw error;
    fail(error.message, error.todo);
  });
  if (!unpacked) npmInstall(wanted);
}

/**
 * The whole bundle is checked here, before the first of it is used; what comes later checks its own part once more.
 * @param {string} lock
 */
async function dependenciesFromBundle(lock) {
  const file = findBundle(root, bundleSetting());
  if (file === undefined) return false;
  const bundle = await openBundle(file);
  const unfit = whyUnfit(bundle.manifest, 'dependencies', { arch: process.arch, lock });
  if (unfit !== undefined) {
    process.stderr.write(`The dependencies in ${basename(file)} do not serve here: ${unfit}.\n`);
    return false;
  }
  const mb = (bundle.bytes / 1e6).toFixed(0);
  await timed(`Checking the bundle ${file} (${mb} MB)`, async (tell) => {
    let before = 0;
    for (const { name, bytes } of bundle.manifest.parts) {
      await verifyPart(bundle, name, (percent) =>
        tell(((before + (bytes * percent) / 100) / bundle.bytes) * 100),
      );
      before += bytes;
    }
  });
  await timed('Unpacking the dependencies', async (onProgress) => {
    const folder = join(root, 'node_modules.partial');
    const modules = join(root, 'node_modules');
    await unpackPart(bundle, 'dependencies', folder, { onProgress });
    rmSync(modules, { recursive: true, force: true });
    renameSync(join(folder, 'node_modules'), modules);
    rmSync(folder, { recursive: true });
    writeFileSync(stamp, lock);
  });
  return true;
}

/** `.env` is Node 24's to read, which may not be there yet. */
function bundleSetting() {
  const envFile = join(root, '.env');
  const inFile =
    existsSync(envFile) && typeof util.parseEnv === 'function'
      ? util.parseEnv(readFileSync(envFile, 'utf8'))['BUNDLE']
      : undefined;
  const setting = (process.env['BUNDLE'] ?? inFile ?? '').trim();
  return setting === '' ? undefined : resolve(root, setting);
}

/**
 * @param {string} what
 * @param {(tell: (percent: number) => void) => Promise<void>} work
 */
async function timed(what, work) {
  const started = Date.now();
  const live = process.stderr.isTTY;
  let shown = -1;
  process.stderr.write(`${what} …${live ? '' : '\n'}`);
  await work((percent) => {
    if (!live || Math.floor(percent) === shown) return;
    shown = Math.floor(percent);
    process.stderr.write(`\r${what} … ${shown} %`);
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(live ? `\r\u001b[K${what}: ${seconds} s\n` : `  ${seconds} s\n`);
}

/** @param {string} lock */
function npmInstall(lock) {
  const started = Date.now();
  process.stderr.write('Installing the dependencies, about a minute the first time …\n');
  // Not `npm ci`: it refuses a lock file written where some platform's optional package could not be had. This takes
  // the locked versions just as well, and leaves the lock file as it is.
  const result = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  if (result.status !== 0) {
    fail(
      `The dependencies could not be installed:\n${(result.stderr || result.error?.message || '').split('\n').slice(-15).join('\n')}`,
      "Check the network and npm's own settings (`npm config list`), or bring a bundle (`npm run bundle`), then run the command again.",
    );
  }
  if (!existsSync(node24)) {
    // npm asks before it lets a package run its install script, from version 12 on.
    spawnSync('npm', ['rebuild', 'node', '--loglevel=error'], { cwd: root, stdio: 'ignore' });
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, lock);
  process.stderr.write(
    `Dependencies installed in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`,
  );
}

function handOver() {
  const node = existsSync(node24) ? node24 : process.execPath;
  if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
    fail(
      'Node 24 is not there: the package `node` did not install.',
      'Install Node 24 yourself, or run `npm rebuild node`.',
    );
  }
  const envFile = join(root, '.env');
  const settings = existsSync(envFile) ? [`--env-file=${envFile}`] : [];
  const bin = join(root, 'node_modules', '.bin');
  const child = spawn(
    node,
    [
      ...settings,
      '--disable-warning=ExperimentalWarning',
      join(root, 'server', 'cli', 'main.ts'),
      ...process.argv.slice(2),
    ],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: `${bin}:${join(root, 'node_modules', 'node', 'bin')}:${process.env['PATH'] ?? ''}`,
      },
    },
  );
  // A terminal sends Ctrl-C to both; the child decides what it means.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

/**
 * @param {string} what
 * @param {string} todo
 * @returns {never}
 */
function fail(what, todo) {
  process.stderr.write(`${what}\n→ ${todo}\n`);
  process.exit(2);
}
