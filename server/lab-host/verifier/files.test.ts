import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verifier } from './index.ts';
import { folderLab } from './testing/fake-lab.ts';
import { bodyOf, reasonOf, testVerifier } from './testing/with-verifier.ts';

describe.skipIf(process.getuid?.() !== 0)("a lab's files", () => {
  let verifier: Verifier;
  beforeAll(() => {
    verifier = testVerifier();
  });
  afterAll(() => {
    verifier[Symbol.dispose]();
  });

  it('are read whoever owns them, with their metadata', async () => {
    await using lab = folderLab();
    writeFileSync(join(lab.root, 'private'), 'mine\n');
    chownSync(join(lab.root, 'private'), 1234, 1235);
    chmodSync(join(lab.root, 'private'), 0o600);
    const body = bodyOf(await verifier.ask(lab.handles, { kind: 'file', path: '/private' }));
    expect(body).toMatch(
      /^\{"type":"file","mode":384,"uid":1234,"gid":1235,"size":5,.*\}\nmine\n$/,
    );
  });

  it('tell owners as the lab numbers them', async () => {
    await using lab = folderLab();
    writeFileSync(join(lab.root, 'a'), '');
    writeFileSync(join(lab.root, 'b'), '');
    chownSync(join(lab.root, 'a'), 100_033, 99_999);
    const handles = { ...lab.handles, uidStart: 100_000, uidCount: 100 };
    const body = bodyOf(await verifier.ask(handles, { kind: 'file', path: '/a' }));
    expect(body).toContain('"uid":33,"gid":65534');
  });

  it('are cut where the question says', async () => {
    await using lab = folderLab();
    writeFileSync(join(lab.root, 'long'), 'x'.repeat(1000));
    const body = bodyOf(
      await verifier.ask(lab.handles, { kind: 'file', path: '/long', maxBytes: 10 }),
    );
    expect(body).toMatch(/"size":1000.*\nx{10}$/);
  });

  it('are found through links, inside the root', async () => {
    await using lab = folderLab();
    mkdirSync(join(lab.root, 'etc'));
    writeFileSync(join(lab.root, 'etc', 'real'), 'inside');
    symlinkSync('/etc/real', join(lab.root, 'absolute'));
    expect(bodyOf(await verifier.ask(lab.handles, { kind: 'file', path: '/absolute' }))).toMatch(
      /\ninside$/,
    );
  });

  it('are not found outside the root, by whatever link', async () => {
    await using lab = folderLab();
    writeFileSync(join(lab.outside, 'secret'), 'outside');
    symlinkSync(join(lab.outside, 'secret'), join(lab.root, 'absolute'));
    symlinkSync('../outside/secret', join(lab.root, 'relative'));
    symlinkSync('..', join(lab.root, 'up'));
    for (const path of ['/absolute', '/relative']) {
      const body = bodyOf(await verifier.ask(lab.handles, { kind: 'file', path }));
      expect(body).toMatch(/^\{"type":"link".*\}\n$/);
    }
    for (const path of ['/up/outside/secret', '/../outside/secret', '/up/../../outside/secret']) {
      expect(reasonOf(await verifier.ask(lab.handles, { kind: 'file', path }))).toBe('absent');
    }
  });

  it('are not found through magic links', async () => {
    await using lab = folderLab();
    mkdirSync(join(lab.root, 'proc'));
    const init = spawn('sleep', ['100']);
    execFileSync('mount', ['--bind', '/proc', join(lab.root, 'proc')]);
    try {
      writeFileSync(join(lab.outside, 'secret'), 'outside');
      const secret = join(lab.outside, 'secret');
      for (const link of ['self/root', `${String(init.pid)}/root`, `${String(init.pid)}/cwd`]) {
        const path = `/proc/${link}${secret}`;
        expect(reasonOf(await verifier.ask(lab.handles, { kind: 'file', path }))).toBe('forbidden');
      }
    } finally {
      execFileSync('umount', [join(lab.root, 'proc')]);
      init.kill();
    }
  });

  it('are not found outside while the path is swapped for a link, again and again', async () => {
    await using lab = folderLab();
    writeFileSync(join(lab.outside, 'file'), 'outside');
    mkdirSync(join(lab.root, 'now'));
    writeFileSync(join(lab.root, 'now', 'file'), 'inside');
    symlinkSync(lab.outside, join(lab.root, 'then'));
    symlinkSync('../outside', join(lab.root, 'also'));
    const swap = spawn('python3', ['-c', swapForEver, lab.root]);
    try {
      const bodies = new Set<string>();
      for (let round = 0; round < 60; round += 1) {
        const asked = Array.from({ length: 10 }, () =>
          verifier.ask(lab.handles, { kind: 'file', path: '/now/file' }),
        );
        for (const answer of await Promise.all(asked))
          bodies.add(answer.ok ? bodyOf(answer).slice(-7) : answer.reason);
      }
      expect(bodies).not.toContain('outside');
      // Both states were met, or nothing was raced.
      expect(bodies.size).toBeGreaterThan(1);
    } finally {
      swap.kill('SIGKILL');
    }
  });

  it('that would block or act are told, not opened', async () => {
    await using lab = folderLab();
    execFileSync('mkfifo', [join(lab.root, 'fifo')]);
    execFileSync('mknod', [join(lab.root, 'zero'), 'c', '1', '5']);
    symlinkSync('fifo', join(lab.root, 'to-fifo'));
    expect(bodyOf(await verifier.ask(lab.handles, { kind: 'file', path: '/fifo' }))).toMatch(
      /^\{"type":"fifo".*\n$/,
    );
    expect(bodyOf(await verifier.ask(lab.handles, { kind: 'file', path: '/to-fifo' }))).toMatch(
      /^\{"type":"fifo".*\n$/,
    );
    expect(bodyOf(await verifier.ask(lab.handles, { kind: 'file', path: '/zero' }))).toMatch(
      /^\{"type":"device".*\n$/,
    );
    expect(bodyOf(await verifier.ask(lab.handles, { kind: 'file', path: '/' }))).toMatch(
      /^\{"type":"directory".*\n$/,
    );
  });

  it('cannot write the end of an answer', async () => {
    await using lab = folderLab();
    writeFileSync(join(lab.root, 'forged'), 'no such thinga0000013');
    const answer = await verifier.ask(lab.handles, { kind: 'file', path: '/forged' });
    expect(bodyOf(answer)).toMatch(/\nno such thinga0000013$/);
  });

  it('are listed, whatever their names', async () => {
    await using lab = folderLab();
    const name = Buffer.concat([
      Buffer.from('a"\\\n\x7f'),
      Buffer.from([0xff, 0xc0, 0x80]),
      Buffer.from('ü'),
    ]);
    writeFileSync(Buffer.concat([Buffer.from(`${lab.root}/`), name]), '');
    const body = bodyOf(await verifier.ask(lab.handles, { kind: 'list', path: '/' }));
    expect(JSON.parse(body)).toMatchObject({
      entries: [{ name: 'a"\\\n\x7f\ufffd\ufffd\ufffdü', type: 'file' }],
    });
  });

  it('are not listed by halves', async () => {
    await using lab = folderLab();
    for (let n = 0; n <= 1000; n += 1) writeFileSync(join(lab.root, String(n)), '');
    expect(reasonOf(await verifier.ask(lab.handles, { kind: 'list', path: '/' }))).toBe(
      'too-large',
    );
    expect(reasonOf(await verifier.ask(lab.handles, { kind: 'list', path: '/1' }))).toBe('absent');
  });
});

/** Exchanges a folder with a link to the outside, at full speed. */
const swapForEver = `
import ctypes, os, sys
os.chdir(sys.argv[1])
libc = ctypes.CDLL(None)
here, exchange = -100, 2
while True:
    for other in (b'then', b'also'):
        libc.renameat2(here, b'now', here, other, exchange)
        libc.renameat2(here, b'now', here, other, exchange)
`;
