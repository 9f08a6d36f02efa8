import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Both ends as they are, the docker command line left out. */
interface Relay extends AsyncDisposable {
  socket: string;
  pidFile: string;
  dial: () => Socket;
}

let dir: string;
let target: Server | undefined;
/** Before, connections are attempts of `start`'s own. */
let live = false;
let arrived = 0;
beforeEach(() => {
  live = false;
  dir = mkdtempSync(join(tmpdir(), 'relay-'));
});
afterEach(() => {
  target?.close();
  rmSync(dir, { recursive: true, force: true });
});

test('bytes arrive as they were sent, both ways, and end with a half-close each way', async () => {
  await serve((socket) => {
    void buffer(socket).then((got) => socket.end(createHash('sha256').update(got).digest()));
  });
  await using relay = await start();
  const sent = randomBytes(5_000_000);
  const socket = relay.dial();
  socket.end(sent);
  expect(await buffer(socket)).toEqual(createHash('sha256').update(sent).digest());
});

test('what the agent says after it has closed its side first is not lost, nor what it is told', async () => {
  const heard = Promise.withResolvers<Buffer>();
  await serve((socket) => {
    socket.end('bye');
    void buffer(socket).then(heard.resolve);
  });
  await using relay = await start();
  const socket = relay.dial();
  // Not by `buffer`, which closes both ways at the end of one.
  const [said] = await Promise.all([once(socket, 'data'), once(socket, 'end')]);
  expect(String(said[0])).toBe('bye');
  socket.end('still here');
  expect(String(await heard.promise)).toBe('still here');
});

test('a connection that nobody reads holds up no other', async () => {
  await serve((socket) => {
    socket.once('data', (asked) => {
      if (String(asked) === 'flood') flood(socket);
      else socket.end('answer');
    });
  });
  await using relay = await start();
  const stalled = Array.from({ length: 20 }, () => {
    const socket = relay.dial();
    socket.pause();
    socket.write('flood');
    return socket;
  });
  await sleep(500);
  for (let n = 0; n < 20; n += 1) {
    const socket = relay.dial();
    socket.write('question');
    expect(String(await buffer(socket))).toBe('answer');
  }
  for (const socket of stalled) socket.destroy();
});

test('a connection that breaks on one side breaks on the other', async () => {
  const closed = Promise.withResolvers<void>();
  let cut = false;
  await serve((socket) => {
    if (cut) {
      socket.once('data', () => socket.destroy());
      return;
    }
    socket.once('close', () => {
      closed.resolve();
    });
    flood(socket);
  });
  await using relay = await start();
  const first = relay.dial();
  first.on('error', () => undefined);
  await once(first, 'data');
  first.destroy();
  await closed.promise;
  cut = true;
  const second = relay.dial();
  second.write('x');
  await once(second.resume(), 'end');
});

test('fifty connections at once are all served', async () => {
  await serve((socket) => socket.pipe(socket));
  await using relay = await start();
  const echoed = await Promise.all(
    Array.from({ length: 50 }, (_, n) => {
      const socket = relay.dial();
      socket.end(`connection ${String(n)}`);
      return buffer(socket);
    }),
  );
  expect(echoed.map(String)).toEqual(
    Array.from({ length: 50 }, (_, n) => `connection ${String(n)}`),
  );
});

test('comes back after the command between the ends was killed', async () => {
  await serve((socket) => socket.pipe(socket));
  const pidOfInside = join(dir, 'inside.pid');
  await using relay = await start(['sh', '-c', `echo $$ >${pidOfInside}; exec "$@"`, 'sh']);
  const before = Number(readFileSync(pidOfInside, 'utf8'));
  const cut = relay.dial();
  cut.write('x');
  await once(cut, 'data');
  process.kill(before, 'SIGKILL');
  await once(cut.resume(), 'end');
  await answering(relay.dial);
  expect(Number(readFileSync(pidOfInside, 'utf8'))).not.toBe(before);
});

test('ends by itself when the container is gone, and takes its files along', async () => {
  const relay = await start(['sh', '-c', 'echo "Error: No such container: x" >&2; exit 1', 'sh'], {
    waitForAnswer: false,
  });
  await using _relay = relay;
  await gone(relay.socket);
  await gone(relay.pidFile);
});

test('nobody but the user may open the socket, and another relay takes its place', async () => {
  await serve((socket) => socket.pipe(socket));
  const first = await start();
  expect(statSync(first.socket).mode & 0o777).toBe(0o600);
  const pid = readFileSync(first.pidFile, 'utf8');
  await using second = await start();
  await first[Symbol.asyncDispose]();
  expect(readFileSync(second.pidFile, 'utf8')).not.toBe(pid);
  await answering(second.dial);
});

async function serve(onConnection: (socket: Socket) => void): Promise<void> {
  target = createServer({ allowHalfOpen: true }, (socket) => {
    // Whoever goes with unread bytes resets the connection.
    socket.on('error', () => undefined);
    arrived += 1;
    if (live) onConnection(socket);
    else socket.destroy();
  });
  target.listen(join(dir, 'agent.sock'));
  await once(target, 'listening');
}

async function start(
  wrap: string[] = [],
  { waitForAnswer = true }: { waitForAnswer?: boolean } = {},
): Promise<Relay> {
  const socket = join(dir, 'relay.sock');
  const pidFile = join(dir, 'relay.pid');
  const inside = [process.execPath, script('inside.ts'), join(dir, 'agent.sock')];
  const child = spawn(
    process.execPath,
    [script('outside.ts'), '--socket', socket, '--pid', pidFile, '--', ...wrap, ...inside],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const dial = (): Socket => connect({ path: socket, allowHalfOpen: true });
  const named = (): boolean => {
    try {
      return Number(readFileSync(pidFile, 'utf8')) === child.pid;
    } catch {
      return false;
    }
  };
  while (!named() && child.exitCode === null) await sleep(20);
  if (waitForAnswer) await answering(dial);
  live = true;
  return {
    socket,
    pidFile,
    dial,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Until one connection comes through; it is closed again. */
async function answering(dial: () => Socket): Promise<void> {
  const before = arrived;
  while (arrived === before) {
    const socket = dial();
    socket.on('error', () => undefined);
    socket.resume();
    // Its end alone would leave our own side of it open.
    const closed = Promise.race([once(socket, 'end'), once(socket, 'close')]).then(() => true);
    const over = (): Promise<boolean> => Promise.race([closed, sleep(20).then(() => false)]);
    while (arrived === before && !(await over()));
    socket.destroy();
  }
}

async function gone(file: string): Promise<void> {
  for (;;) {
    try {
      statSync(file);
    } catch {
      return;
    }
    await sleep(50);
  }
}

function flood(socket: Socket): void {
  const block = Buffer.alloc(65_536);
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
}

function script(name: string): string {
  return join(import.meta.dirname, name);
}
