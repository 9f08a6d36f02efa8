/**
 * The lab host's engine as controls use it: containers made as labs are, by the very options of labs, with one thing
 * changed. They carry a label of this command and none of a lab, so that the agent takes them for nobody's.
 */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { containerOptions } from '../../../lab-host/labs/container-options.ts';
import type { LabHostPaths } from '../../../lab-host/paths.ts';
import { hostCommand, type HostResult } from './host-command.ts';

type LabOptions = ReturnType<typeof containerOptions>;
type HostOptions = NonNullable<LabOptions['HostConfig']>;

export interface ControlContainer extends AsyncDisposable {
  id: string;
  pid: number;
  run: (script: string, timeoutMs?: number) => Promise<HostResult>;
}

export interface ControlEngine extends AsyncDisposable {
  find: (name: string) => Promise<{ containerId: string; pid: number }>;
  /** Facts about the engine that no lab may ever be told. */
  engineId: () => Promise<string>;
  /** A container of the lab image with a lab's options but for `changed`, in which nothing runs. */
  container: (changed: (options: HostOptions) => HostOptions) => Promise<ControlContainer>;
}

const ownerLabel = 'org.drydock.escape';
const inspectSchema = z.object({ Id: z.string(), State: z.object({ Pid: z.number() }) });

export async function connectControlEngine(paths: LabHostPaths): Promise<ControlEngine> {
  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    ask(paths.engineSocket, method, path, body);
  const find: ControlEngine['find'] = async (name) => {
    const facts = inspectSchema.parse(await call('GET', `/containers/${name}/json`));
    return { containerId: facts.Id, pid: facts.State.Pid };
  };
  const remove = (id: string): Promise<unknown> =>
    call('DELETE', `/containers/${id}?force=true`).catch(() => undefined);
  const ours = async (wanted: (owner: string) => boolean): Promise<void> => {
    const filters = encodeURIComponent(JSON.stringify({ label: [ownerLabel] }));
    const found = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()) }));
    const containers = found.parse(await call('GET', `/containers/json?all=1&filters=${filters}`));
    await Promise.all(
      containers
        .filter(({ Labels }) => wanted(Labels[ownerLabel] ?? ''))
        .map(({ Id }) => remove(Id)),
    );
  };
  await ours((owner) => !alive(owner));

  return {
    find,
    async engineId() {
      return z.object({ ID: z.string() }).parse(await call('GET', '/info')).ID;
    },
    async container(changed) {
      const name = `escape-${randomBytes(6).toString('hex')}`;
      await call(
        'POST',
        `/containers/create?name=${name}`,
        controlOptions(paths, await newestLabImage(call), changed),
      );
      try {
        await call('POST', `/containers/${name}/start`);
        const { containerId, pid } = await find(name);
        return {
          id: containerId,
          pid,
          run: (script, timeoutMs) => execIn(paths.engineSocket, containerId, script, timeoutMs),
          [Symbol.asyncDispose]: () => remove(containerId).then(() => undefined),
        };
      } catch (error) {
        await remove(name);
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => ours((owner) => owner === String(process.pid)),
  };
}

/** Recipes may have changed since the labs' image was built; the one there is will do. */
async function newestLabImage(
  call: (method: string, path: string) => Promise<unknown>,
): Promise<string> {
  const filters = encodeURIComponent(JSON.stringify({ reference: ['drydock/lab'] }));
  const found = z
    .array(z.object({ Id: z.string(), Created: z.number() }))
    .parse(await call('GET', `/images/json?filters=${filters}`));
  const [newest] = found.toSorted((a, b) => b.Created - a.Created);
  if (!newest) throw new Error('The lab host has no image of a lab.');
  return newest.Id;
}

/** A control's disk is memory: nothing is left of it. */
function controlOptions(
  paths: LabHostPaths,
  image: string,
  changed: (options: HostOptions) => HostOptions,
): LabOptions {
  const disk = {
    kind: 'folder' as const,
    docker: '',
    root: '',
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const lab = {
    id: 'control',
    lease: 'control',
    image,
    limits: { memory: 512, pids: 256, cpus: 1 },
    createdAt: 0,
    users: 0,
    disk,
    layers: undefined,
  };
  const options = containerOptions(paths, lab);
  const host = {
    ...options.HostConfig,
    Tmpfs: { ...options.HostConfig?.Tmpfs, '/tmp': 'exec', '/mnt': '' },
  };
  host.Binds = (host.Binds ?? []).filter((bind) => !bind.startsWith(':'));
  return {
    ...options,
    name: '',
    Cmd: ['sleep', '600'],
    Labels: { [ownerLabel]: String(process.pid) },
    HostConfig: changed(host),
  };
}

function execIn(
  socket: string,
  id: string,
  script: string,
  timeoutMs = 30_000,
): Promise<HostResult> {
  const args = ['-H', `unix://${socket}`, 'exec', '-i', '--user', '0', id, 'bash', '-s'];
  return hostCommand({ program: 'docker', args, stdin: script, timeoutMs });
}

function ask(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = {
    host: 'docker',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, headers }, (response) => {
      const status = response.statusCode ?? 500;
      if (status === 204 || status === 304) {
        response.resume();
        resolve(undefined);
        return;
      }
      json(response).then(
        (answer) => {
          if (status < 400) resolve(answer);
          else
            reject(
              new Error(
                `The lab host's engine refused ${method} ${path}: ${JSON.stringify(answer)}`,
              ),
            );
        },
        (error: unknown) => {
          if (status < 400) resolve(undefined);
          else reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function alive(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
