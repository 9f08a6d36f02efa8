/** Things on the machine that no lab may ever see. Everybody on the machine may read them: what hides them is the sandbox alone. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

export interface Canaries extends AsyncDisposable {
  token: string;
  folder: string;
  file: string;
  /** A server on the machine's loopback that answers with the token. */
  port: number;
}

export async function plantCanaries(runDir: string): Promise<Canaries> {
  const token = `canary-${randomBytes(12).toString('hex')}`;
  const folder = mkdtempSync(join(runDir, 'escape-'));
  chmodSync(folder, 0o755);
  const file = join(folder, 'canary');
  writeFileSync(file, `${token}\n`, { mode: 0o644 });
  const server = createServer((_request, response) => response.end(token));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    token,
    folder,
    file,
    port,
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
