import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Verifier } from './index.ts';
import { processLab, type FakeLab } from './testing/fake-lab.ts';
import { bodyOf, testVerifier } from './testing/with-verifier.ts';

describe.skipIf(process.getuid?.() !== 0)("a lab's network", () => {
  let verifier: Verifier;
  let lab: FakeLab;
  beforeAll(async () => {
    verifier = testVerifier();
    lab = await processLab();
    const server = lab.run(`exec ${process.execPath} -e '${serverCode}'`);
    if (server.stdout) await once(server.stdout, 'data');
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
    verifier[Symbol.dispose]();
  });

  it('has the ports that are listened on', async () => {
    const body = bodyOf(await verifier.ask(lab.handles, { kind: 'ports' }));
    const { ports } = z
      .object({ ports: z.array(z.object({ port: z.number() }).loose()) })
      .parse(JSON.parse(body));
    expect(ports.toSorted((a, b) => a.port - b.port)).toEqual([
      { protocol: 'tcp', port: 7000, address: '127.0.0.1' },
      { protocol: 'tcp', port: 8000, address: '127.0.0.1' },
    ]);
  });

  it('is dialled, greeted by and spoken to', async () => {
    const tcp = { kind: 'tcp', host: '127.0.0.1', port: 7000 } as const;
    expect(bodyOf(await verifier.ask(lab.handles, tcp))).toBe('{"open":true,"error":""}\nhello\n');
    expect(bodyOf(await verifier.ask(lab.handles, { ...tcp, port: 1 }))).toBe(
      '{"open":false,"error":"Connection refused"}\n',
    );
    const spoken = bodyOf(await verifier.ask(lab.handles, { ...tcp, send: 'x'.repeat(50_000) }));
    expect(spoken).toHaveLength('{"open":true,"error":""}\nhello\n'.length + 50_000);
  });

  it('has its own kernel settings', async () => {
    expect(
      bodyOf(await verifier.ask(lab.handles, { kind: 'sysctl', name: 'net.ipv4.ip_forward' })),
    ).toMatch(/^[01]\n$/);
  });

  it.skipIf(!existsSync('/usr/sbin/ip'))('is shown by ip', async () => {
    const body = bodyOf(await verifier.ask(lab.handles, { kind: 'ip', object: 'link' }));
    expect(JSON.parse(body)).toMatchObject([{ ifname: 'lo' }]);
  });

  it.skipIf(!existsSync('/usr/bin/curl'))(
    'is asked over HTTP, with headers and a body',
    async () => {
      const answer = await verifier.ask(lab.handles, {
        kind: 'http',
        url: 'http://web.lab:8000/path?[x]',
        method: 'POST',
        headers: { 'X-Test': '@/etc/passwd' },
        body: '@/etc/passwd\n',
        resolve: ['web.lab:8000:127.0.0.1'],
      });
      const [head, echo] = bodyOf(answer).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1.1 418 /);
      expect(echo).toMatch(
        /^POST \/path\?\[x\] web.lab:8000 @\/etc\/passwd @\/etc\/passwd\n\n\{.*\}$/s,
      );
    },
  );

  it('carries a connection both ways, half-closed first by one side', async () => {
    const stream = verifier.connect(lab.handles, 7000);
    stream.end('ping');
    expect(await text(stream)).toBe('hello\nping');
  });

  it('carries more than fits in any buffer', async () => {
    const stream = verifier.connect(lab.handles, 7000);
    const size = 8 * 1024 * 1024;
    stream.end(Buffer.alloc(size, 'x'));
    let got = 0;
    for await (const chunk of stream) got += Buffer.isBuffer(chunk) ? chunk.length : 0;
    expect(got).toBe(size + 'hello\n'.length);
  });

  it('says why a connection does not open', async () => {
    await expect(once(verifier.connect(lab.handles, 1), 'close')).rejects.toThrow('refused');
  });
});

/** Port 7000 greets and echoes; 8000 answers HTTP with what it was asked. */
const serverCode = `
require("net").createServer({ allowHalfOpen: true }, (s) => { s.write("hello\\n"); s.pipe(s); s.on("error", () => {}); })
  .listen(7000, "127.0.0.1", () => require("http").createServer((q, a) => {
    let body = ""; q.on("data", (c) => body += c); q.on("end", () => {
      a.statusCode = 418; a.end([q.method, q.url, q.headers.host, q.headers["x-test"], body].join(" "));
    });
  }).listen(8000, "127.0.0.1", () => console.log("up")));
`;
