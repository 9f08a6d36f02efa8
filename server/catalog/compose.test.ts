import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Scenario } from './index.ts';
import { breakScript, loadScenario, repairScript } from './index.ts';
import { labsFolder } from './testing.ts';

describe('breakScript', () => {
  it('finds its files and its seed, and leaves nothing behind', async () => {
    await using labs = await labsFolder();
    const before = await temporary();
    const result = await bash(await breakScript(await load(labs.path), 2));
    expect(result).toEqual({ exitCode: 0, output: '<p>hello</p>\nseed 2\n' });
    expect(await temporary()).toEqual(before);
  });

  it('fails where break.sh fails, and cleans up all the same', async () => {
    await using labs = await labsFolder();
    await labs.write(
      'networking/no-answer/break.sh',
      'set -e\ntrap "echo own trap" EXIT\nfalse\necho not reached\n',
    );
    const before = await temporary();
    const result = await bash(await breakScript(await load(labs.path), 0));
    expect(result).toEqual({ exitCode: 1, output: 'own trap\n' });
    expect(await temporary()).toEqual(before);
  });

  it('works without files', async () => {
    await using labs = await labsFolder();
    await labs.remove('networking/no-answer/files');
    await labs.write('networking/no-answer/break.sh', 'ls -A "$FILES"; exit 7');
    expect(await bash(await breakScript(await load(labs.path), 0))).toEqual({
      exitCode: 7,
      output: '',
    });
  });

  it('carries a large archive', async () => {
    await using labs = await labsFolder();
    const noise = Array.from({ length: 40_000 }, (_, index) => Math.sin(index)).join('\n');
    await labs.write('networking/no-answer/files/page.html', noise);
    await labs.write('networking/no-answer/break.sh', 'wc -c < "$FILES/page.html"');
    const result = await bash(await breakScript(await load(labs.path), 0));
    expect(result.output.trim()).toBe(String(noise.length));
  });
});

describe('repairScript', () => {
  it('runs any text, and nothing it starts reads the rest of it', async () => {
    const script = `cat\nif true; then cat <<'END'\n$HOME "x" 'y'\nEND\nfi\necho after; exit 3\necho not reached`;
    expect(await bash(repairScript(script))).toEqual({
      exitCode: 3,
      output: '$HOME "x" \'y\'\nafter\n',
    });
  });
});

function load(labs: string): Promise<Scenario> {
  return loadScenario('networking/no-answer', `${labs}/networking/no-answer`);
}

/** Names as `mktemp` makes them. */
async function temporary(): Promise<string[]> {
  return (await readdir('/tmp')).filter((name) => /^[A-Za-z0-9]{10}$/.test(name));
}

async function bash(script: string): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn('bash', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(script);
  const output = await text(child.stdout);
  const exitCode =
    child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
  return { exitCode, output };
}
