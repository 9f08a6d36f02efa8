import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { labHostPaths, type LabHostPaths } from '../paths.ts';
import { answers, startEngine, stopEngine } from './start-engine.ts';

let dir: string;
let paths: LabHostPaths;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-engine-'));
  paths = labHostPaths(join(dir, 'state'), join(dir, 'run'));
  for (const folder of [paths.stateDir, paths.runDir]) mkdirSync(folder);
});

afterEach(async () => {
  await stopEngine(paths);
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

test('an engine that takes long to its pid file is waited for', async () => {
  installEngine(`setTimeout(() => {
    fs.writeFileSync(setting('pidfile'), String(process.pid));
    http.createServer((_, response) => response.end('OK')).listen(setting('host').slice('unix://'.length));
  }, 4_000);`);
  const engine = await startEngine(paths, AbortSignal.timeout(60_000));
  expect(await answers(engine)).toBe(true);
}, 60_000);

test('an engine that ends is not waited for, and its last words are told', async () => {
  installEngine("console.error('no such option'); process.exit(1);");
  await expect(startEngine(paths, AbortSignal.timeout(60_000))).rejects.toThrow('no such option');
}, 60_000);

test('a machine without the program is told so at once', async () => {
  vi.stubEnv('PATH', dir);
  await expect(startEngine(paths, AbortSignal.timeout(60_000))).rejects.toThrow('did not come up');
}, 60_000);

/** A `dockerd` that is this script, first in the PATH. */
function installEngine(script: string): void {
  const program = join(dir, 'dockerd');
  const lines = [
    `#!${process.execPath}`,
    "const fs = require('node:fs'), http = require('node:http');",
    'const setting = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`)).slice(name.length + 3);',
    script,
  ];
  writeFileSync(program, lines.join('\n'));
  chmodSync(program, 0o755);
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env['PATH'] ?? ''}`);
}
