/**
 * The texts that are given to `bash -s` in a lab. Bash reads its first line alone; what follows is read by that line,
 * so nothing that the script starts can swallow the rest of it from stdin.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Scenario } from './scenario.ts';

/**
 * Unpacks `files/` to `$FILES`, sets SEED, runs `break.sh` and removes `$FILES` again. The archive is the rest of
 * stdin: bash reads its own text byte by byte, `base64` does not.
 */
export async function breakScript(scenario: Scenario, seed: number): Promise<string> {
  const script = scenario.scripts.find((script) => script.name === 'break.sh')?.text ?? '';
  const unpack = scenario.filesDir
    ? 'base64 -d | tar -xzmf - -C "$FILES" --no-same-owner || exit; '
    : '';
  const first = [
    '{ FILES=$(mktemp -d /tmp/XXXXXXXXXX) || exit; trap \'rm -rf -- "$FILES"\' EXIT; ',
    `export FILES SEED=${seed}; `,
    unpack,
    `( eval "$(printf %s ${base64(script)} | base64 -d)" ) </dev/null; exit; }`,
  ].join('');
  return `${first}\n${scenario.filesDir ? await archive(scenario.filesDir) : ''}`;
}

/** A repair as it was written: a fix, a cheat, or what somebody gave to `try`. */
export function repairScript(text: string): string {
  return `{ drydock_script=$(cat); ( eval "$drydock_script" ) </dev/null; exit; }\n${text}\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const run = promisify(execFile);
const maxArchiveBytes = 4 * 1024 * 1024;

/** Owned by root, readable by all: what the checkout's umask was must not matter. Lines of 76 characters of base64. */
async function archive(folder: string): Promise<string> {
  const modes = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mode=u=rwX,go=rX'];
  const { stdout } = await run('tar', ['-C', folder, ...modes, '-czf', '-', '.'], {
    encoding: 'buffer',
    maxBuffer: maxArchiveBytes,
  });
  return stdout.toString('base64').replaceAll(/.{76}/g, '$&\n');
}
