/**
 * The lab host agent: `main.ts --state DIR --run DIR [--socket FILE] [--overcommit N]`, as root, in the lab host's namespaces, after
 * `prepare.ts`. It outlives the web server; SIGTERM ends it and leaves the labs running for the next one.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { z } from 'zod';
import { serveAgent } from './api/server.ts';
import { Agent } from './agent.ts';
import { lowKernelSettings } from './engine/kernel-settings.ts';
import { installRuntimeFiles } from './engine/runtime-files.ts';
import { startEngine } from './engine/start-engine.ts';
import { labUidStart, ownRanges, userIds, webUser } from './engine/users.ts';
import { watchEngine } from './engine/watch-engine.ts';
import { imagesReady } from './images/index.ts';
import { diskKind } from './labs/disk-kind.ts';
import { usersRefused } from './labs/lab-mounts.ts';
import { mountLayers } from './labs/layers.ts';
import { UserRanges } from './labs/user-ranges.ts';
import { endWhenReplaced, namesThisProcess } from './only-agent.ts';
import { labHostPaths } from './paths.ts';
import { createVerifier } from './verifier/index.ts';

const { values } = parseArgs({
  options: {
    state: { type: 'string' },
    run: { type: 'string' },
    socket: { type: 'string' },
    overcommit: { type: 'string', default: '1' },
  },
});
const options = z
  .object({
    state: z.string(),
    run: z.string(),
    socket: z.string().optional(),
    overcommit: z.coerce.number().min(1),
  })
  .parse(values);
const paths = labHostPaths(options.state, options.run, options.socket);
const log = pino({ base: { part: 'agent' }, level: 'info' });
const stop = new AbortController();

const images = await imagesReady(paths.stateDir);
if (!images) throw new Error('The images are not built; `npm start` builds them.');
await installRuntimeFiles(paths);
const engine = await startEngine(paths, stop.signal);
const layers = await mountLayers(paths, images.layers);
using verifier = createVerifier({
  root: images.verifierRoot,
  probe: join(images.verifierRoot, 'usr/local/bin/drydock-probe'),
});
const usersProgram = join(images.verifierRoot, 'usr/local/bin/drydock-lab-users');
const own = ownRanges();
const refused = await usersRefused(
  {
    paths,
    usersProgram,
    users: { onDisk: labUidStart(), ofLab: own.start },
    layers: layers.mountPoint,
  },
  paths.engineData,
);
if (refused.mounts !== undefined)
  log.warn({ reason: refused.mounts }, 'all labs share one range of users');
if (refused.namespace !== undefined)
  log.warn({ reason: refused.namespace }, 'labs have no limits of their own on namespaces');
for (const low of lowKernelSettings()) log.warn(low, 'a kernel setting could not be raised');
const disks = await diskKind(paths);
const agent = new Agent({
  engine,
  paths,
  image: {
    tag: images.lab,
    disk: { kind: disks, path: disks === 'file' ? images.diskTemplate : images.diskFiles },
    usersProgram: refused.namespace === undefined ? usersProgram : undefined,
    layers: layers.mountPoint,
  },
  users: new UserRanges({
    shared: labUidStart(),
    own: own.start,
    count: own.count,
    separate: refused.mounts === undefined,
  }),
  layersBy: layers.by,
  overcommit: options.overcommit,
  version: readVersion(),
  log,
  verifier,
});
await agent.labs.adopt();
agent.leases.expireAllLater();
using _limits = agent.limits.watch();
using _shared = agent.sharedWatch.start();
const watching = watchEngine({
  engine,
  paths,
  signal: stop.signal,
  onContainerEnd: (id) => void agent.labs.ended(id),
  onRestart: (failure) => {
    if (failure === undefined) log.warn('the engine had ended and was started again');
    else log.error({ err: failure }, 'the engine has ended and does not start');
  },
});
const app = await serveAgent(agent, paths.agentSocket, userIds(webUser).gid);
writeFileSync(paths.agentPid, `${String(process.pid)}\n`);
log.info({ labs: agent.labs.list().length, socket: paths.agentSocket }, 'ready');

const why = await new Promise<string>((resolve) => {
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  endWhenReplaced(paths.agentPid, () => resolve('another agent, or none, is wanted here'));
});
log.info({ why }, 'ending');
stop.abort();
await Promise.all(agent.labs.list().map((lab) => agent.terminals.endAll(lab.id)));
await app.close();
log.info('api closed');
await watching;
log.info('ended');
if (namesThisProcess(paths.agentPid)) rmSync(paths.agentPid, { force: true });
process.exit(0);

function readVersion(): string {
  const file = join(import.meta.dirname, '..', '..', 'package.json');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8')))
    .version;
}
