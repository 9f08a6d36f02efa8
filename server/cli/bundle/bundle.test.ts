import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assembleBundle } from './assemble-bundle.ts';
import { findBundle, osRelease, whyUnfit } from './find-bundle.mjs';
import { openBundle, unpackPart, verifyPart } from './read-bundle.mjs';
import { outputFile } from './write-bundle.ts';

const facts = {
  arch: 'x64',
  debian: 'debian 12',
  lock: 'aa',
  recipes: 'bb',
  labRoot: '1:1',
  site: 'cc',
};
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-bundle-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A bundle of two parts: `node_modules/a` and whatever `makeSite` puts into the tar of the site. */
async function bundleWith(makeSite?: (tar: string) => void): Promise<string> {
  const parts = join(dir, 'parts');
  mkdirSync(join(dir, 'content', 'node_modules'), { recursive: true });
  mkdirSync(parts);
  writeFileSync(join(dir, 'content', 'node_modules', 'a'), 'a file of a dependency\n'.repeat(99));
  tar('-czf', join(parts, 'dependencies.tar.gz'), '-C', join(dir, 'content'), 'node_modules');
  if (makeSite) makeSite(join(parts, 'site.tar'));
  else tar('-cf', join(parts, 'site.tar'), '-C', join(dir, 'content'), '.');
  const file = join(dir, 'drydock-bundle-test.tar');
  await assembleBundle(file, {
    folder: parts,
    parts: [
      { name: 'dependencies', file: 'dependencies.tar.gz' },
      { name: 'site', file: 'site.tar' },
    ],
    about: { drydock: '0.1.0', facts },
    signal: new AbortController().signal,
  });
  return file;
}

function tar(...args: string[]): void {
  execFileSync('tar', args, { stdio: ['ignore', 'ignore', 'ignore'] });
}

describe('a bundle', () => {
  it('gives back what was put into it', async () => {
    const bundle = await openBundle(await bundleWith());
    expect(bundle.manifest).toMatchObject({ drydock: '0.1.0', facts });
    const target = join(dir, 'out');
    await unpackPart(bundle, 'dependencies', target);
    expect(readFileSync(join(target, 'node_modules', 'a'), 'utf8')).toContain('a file of');
    await verifyPart(bundle, 'site');
  });

  it('is checked by the tools of any Linux too', async () => {
    const file = await bundleWith();
    tar('-xf', file, '-C', dir);
    const sum = execFileSync('sha256sum', ['-c', 'manifest.json.sha256'], { cwd: dir });
    expect(sum.toString()).toBe('manifest.json: OK\n');
  });

  it('leaves nothing behind of a part that is damaged', async () => {
    const file = await bundleWith();
    const { offsets } = await openBundle(file);
    flipByte(file, (offsets.get('dependencies') ?? 0) + 20);
    const target = join(dir, 'out');
    await expect(unpackPart(await openBundle(file), 'dependencies', target)).rejects.toThrow(
      /damaged: its part "dependencies"/,
    );
    expect(existsSync(target)).toBe(false);
  });

  it('is refused when its manifest or a header is damaged', async () => {
    const file = await bundleWith();
    const text = readFileSync(file);
    const site = (await openBundle(file)).offsets.get('site') ?? 0;
    flipByte(file, text.indexOf('"arch"'));
    await expect(openBundle(file)).rejects.toThrow(/damaged: its manifest/);
    writeFileSync(file, text);
    flipByte(file, site - 512 + 2);
    await expect(openBundle(file)).rejects.toThrow(/damaged: the header of "site.tar"/);
  });

  it('is refused when it is cut off, wherever', async () => {
    const file = await bundleWith();
    const { offsets } = await openBundle(file);
    for (const size of [(offsets.get('site') ?? 0) + 100, 1600, 700, 10]) {
      truncateSync(file, size);
      await expect(openBundle(file), String(size)).rejects.toThrow(/is cut off: it has/);
    }
  });

  it('is refused when it is something else, or not there', async () => {
    const file = join(dir, 'other.tar');
    writeFileSync(file, Buffer.alloc(4096, 'x'));
    await expect(openBundle(file)).rejects.toThrow(/is not a bundle/);
    await expect(openBundle(join(dir, 'none'))).rejects.toThrow(/cannot be read \(ENOENT\)/);
  });

  it('writes nothing outside the folder it is unpacked to', async () => {
    const evil = join(dir, 'evil');
    mkdirSync(join(evil, 'in'), { recursive: true });
    const absolute = join(dir, 'absolute');
    writeFileSync(join(evil, 'up'), 'escaped');
    writeFileSync(absolute, 'escaped');
    symlinkSync(dir, join(evil, 'in', 'link'));
    const file = await bundleWith((site) => {
      tar('-cPf', site, '-C', join(evil, 'in'), '../up', 'link', absolute);
      // A member that is to be written through the link before it.
      tar('-rPf', site, '-C', evil, '--transform=s,^up$,link/through,', 'up');
    });
    rmSync(absolute);
    const target = join(dir, 'out', 'site');
    // tar complains of the links' member or leaves it; either way nothing is to be found outside.
    await unpackPart(await openBundle(file), 'site', target).catch(() => undefined);
    for (const name of ['absolute', 'through', 'up', join('out', 'up')])
      expect(existsSync(join(dir, name)), name).toBe(false);
  });
});

describe('outputFile', () => {
  it('takes the file that is named, and one of the usual name in a folder', () => {
    expect(outputFile(join(dir, 'mine.tar'))).toBe(join(dir, 'mine.tar'));
    expect(dirname(outputFile(dir))).toBe(dir);
    expect(basename(outputFile(dir))).toBe(basename(outputFile(undefined)));
  });
});

describe('findBundle', () => {
  it('takes the newest beside the checkout, and the one that is named before it', () => {
    const root = join(dir, 'drydock');
    for (const [name, time] of [
      ['drydock-bundle-1.tar', 1],
      ['drydock-bundle-2.tar', 2],
      ['other.tar', 3],
    ] as const) {
      writeFileSync(join(dir, name), '', { mode: 0o644 });
      utimesSync(join(dir, name), time, time);
    }
    expect(findBundle(root, undefined)).toBe(join(dir, 'drydock-bundle-2.tar'));
    expect(findBundle(root, '/media/stick/b.tar')).toBe('/media/stick/b.tar');
  });

  it('does not take unasked what others may have written', () => {
    const file = join(dir, 'drydock-bundle-1.tar');
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    expect(findBundle(join(dir, 'drydock'), undefined)).toBeUndefined();
  });
});

describe('whyUnfit', () => {
  const parts = (['dependencies', 'packages', 'images'] as const).map((name) => ({
    name,
    file: name,
    bytes: 0,
    sha256: '',
  }));
  const manifest = { format: 1, drydock: '0.1.0', made: '', facts, parts };

  it('says nothing of a part that fits, whatever the others do', () => {
    const here = { ...facts, recipes: 'other', site: 'other' };
    expect(whyUnfit(manifest, 'dependencies', here)).toBeUndefined();
    expect(whyUnfit(manifest, 'packages', here)).toBeUndefined();
  });

  it('says what does not fit', () => {
    const why = (part: 'dependencies' | 'packages' | 'images' | 'site', here: object) =>
      whyUnfit(manifest, part, { ...facts, ...here });
    expect(why('dependencies', { arch: 'arm64' })).toBe('it is for x64, this machine is arm64');
    expect(why('dependencies', { lock: 'other' })).toContain('package-lock.json');
    expect(why('packages', { debian: 'debian 13' })).toBe(
      'it is for debian 12, this machine has debian 13',
    );
    expect(why('images', { recipes: 'other' })).toContain('labs/_images');
    expect(why('images', { labRoot: '2:2' })).toContain('/etc/subuid');
    expect(why('site', {})).toBe('it has none');
  });
});

describe('osRelease', () => {
  it('is name and version', () => {
    const file = join(dir, 'os-release');
    writeFileSync(file, 'PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n');
    expect(osRelease(file)).toBe('debian 12');
  });
});

function flipByte(file: string, at: number): void {
  const content = readFileSync(file);
  content[at] = (content[at] ?? 0) ^ 1;
  writeFileSync(file, content);
}
