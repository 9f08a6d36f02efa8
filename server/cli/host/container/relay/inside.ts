/**
 * The relay's end in the container: `inside.ts SOCKET`. Speaks HTTP/2 on its stdio; each CONNECT stream becomes a
 * connection to the agent's socket. Ends with its stdin. Imports Node's own modules alone: it starts with each exec.
 */
import { constants, createServer } from 'node:http2';
import { connect, Socket } from 'node:net';
import { duplexOf, joinBoth, sessionOptions, sessionWindowBytes } from './tunnel.ts';

const socketPath = process.argv[2] ?? '/run/drydock/agent.sock';
const server = createServer(sessionOptions);
server.on('session', (session) => {
  session.setLocalWindowSize(sessionWindowBytes);
  session.once('close', () => process.exit(0));
});
server.on('sessionError', () => process.exit(1));
server.on('stream', (stream, headers) => {
  stream.on('error', () => undefined);
  if (headers[constants.HTTP2_HEADER_METHOD] !== 'CONNECT') {
    stream.respond({ [constants.HTTP2_HEADER_STATUS]: 405 }, { endStream: true });
    return;
  }
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  stream.respond({ [constants.HTTP2_HEADER_STATUS]: 200 });
  joinBoth(socket, stream);
});
// Not process.stdout, whose writes to a pipe wait for the other end.
const output = new Socket({ fd: 1, readable: false, writable: true });
server.emit('connection', duplexOf(process.stdin, output));
