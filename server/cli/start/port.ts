import { createServer } from 'node:net';
import type { Config } from '../../config.ts';
import { CannotRun } from '../cannot-run.ts';

export async function ensurePortFree({ host, port }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const todo = `Choose another one: \`PORT=${String(port + 1)} npm start\`, or end what uses it (\`ss -ltnp 'sport = :${String(port)}'\` names it).`;
      const what =
        cause.code === 'EADDRINUSE'
          ? 'is taken by another program'
          : `cannot be used (${cause.message})`;
      reject(new CannotRun(`Port ${String(port)} on ${host} ${what}.`, todo, cause));
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}
