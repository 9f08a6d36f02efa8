/**
 * The relay's end on the user's side: `outside.ts --socket FILE --pid FILE -- COMMAND…`. Listens on a Unix socket that
 * only the user may open, and carries each connection to the agent through the one session that COMMAND's stdio is.
 * Ends with SIGTERM, when another relay takes its place, or when the container is gone.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { endWhenReplaced, namesThisProcess } from '../../../../lab-host/only-agent.ts';
import { KeptSession } from './kept-session.ts';
import { joinBoth } from './tunnel.ts';

const { values, positionals } = parseArgs({
  options: { socket: { type: 'string' }, pid: { type: 'string' } },
  allowPositionals: true,
});
const files = z.object({ socket: z.string(), pid: z.string() }).parse(values);

const stop = new AbortController();
const session = new KeptSession({
  command: positionals,
  isOver: (stderr) => /no such container/i.test(stderr),
  signal: stop.signal,
});

const server = createServer({ allowHalfOpen: true }, (socket) => {
  const stream = session.open();
  if (stream) joinBoth(socket, stream);
  else socket.destroy();
});
mkdirSync(dirname(files.socket), { recursive: true });
process.umask(0o177);
// A server that closes removes the name it was bound to, which would by then be another relay's.
const own = `${files.socket}.${String(process.pid)}`;
await new Promise<void>((resolve) => {
  server.listen(own, resolve);
});
renameSync(own, files.socket);
writeFileSync(files.pid, `${String(process.pid)}\n`);

for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => {
    stop.abort();
  });
endWhenReplaced(files.pid, () => {
  stop.abort();
});
await session.ended;
server.close();
if (namesThisProcess(files.pid)) {
  rmSync(files.socket, { force: true });
  rmSync(files.pid, { force: true });
}
process.exit(0);
