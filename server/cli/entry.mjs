/**
 * What every npm script runs first, before any dependency is there: Node's built-ins only, any Node from 20.
 * Installs the locked dependencies if they are missing or stale, then hands over to main.ts on Node 24.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..');
const node24 = join(root, 'node_modules', 'node', 'bin', 'node');
const stamp = join(root, 'node_modules', '.drydock-lock');
const oldestNode = 20;

checkPlatform();
installDependencies();
handOver();

function checkPlatform() {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    fail(
      `Node ${process.versions.node} is too old.`,
      `Install Node ${oldestNode} or newer and run the command again.`,
    );
  }
  if (process.platform !== 'linux') {
    fail(
      `Drydock's labs need a Linux kernel; this is ${process.platform === 'darwin' ? 'macOS' : process.platform}.`,
      'Run it in a Linux machine or VM. Running the lab host in a container of Docker Desktop comes next.',
    );
  }
}

function installDependencies() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(node24)) return;
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
      "Check the network and npm's own settings (`npm config list`), then run the command again.",
    );
  }
  if (!existsSync(node24)) {
    // npm asks before it lets a package run its install script, from version 12 on.
    spawnSync('npm', ['rebuild', 'node', '--loglevel=error'], { cwd: root, stdio: 'ignore' });
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
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
