/**
 * The labs there are: made, paused, woken, watched and removed here. Knows nothing of learners and scenarios; whom a lab
 * is for is its lease's business.
 */
import { EventEmitter } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import type { Container } from 'dockerode';
import type {
  AgentEvent,
  LabLimitsSpec,
  LabStats,
  LabStatus,
  RunScript,
  ScriptResult,
} from '../../protocol/agent.ts';
import { runScriptSchema } from '../../protocol/agent.ts';
import { DrydockError } from '../../errors.ts';
import type { Engine } from '../engine/docker.ts';
import { runtimeRoot } from '../engine/start-engine.ts';
import type { LabHostPaths } from '../paths.ts';
import { openLabHandles, type LabHandles } from '../verifier/index.ts';
import { capacity } from './capacity.ts';
import { diskOf, removeDisk, type DiskTemplate, type LabDisk } from './disk.ts';
import type { DiskKind } from './disk-kind.ts';
import type { EnterLab } from './enter-lab.ts';
import { learnEntryWay } from './learn-entry-way.ts';
import { removeCgroups } from './cgroup-files.ts';
import { labFilter, readLabels } from './labels.ts';
import { labsWithMounts, removeLabMounts } from './lab-mounts.ts';
import { runScript } from './run-script.ts';
import { startLab } from './start-lab.ts';
import { removeContainer } from './remove-container.ts';
import { labStats } from './stats.ts';
import type { UserRanges } from './user-ranges.ts';
import { whyStopped } from './why-stopped.ts';

export interface LabImage {
  tag: string;
  disk: DiskTemplate & { kind: DiskKind };
  /** The program that gives labs namespaces and users of their own (runtime/lab-users.c), if it can here. */
  usersProgram: string | undefined;
  /** Mount point of the shared layers. */
  layers: string | undefined;
}

export interface LabsOptions {
  engine: Engine;
  paths: LabHostPaths;
  image: LabImage;
  users: UserRanges;
  /** How many times the free disk may be promised to labs. */
  overcommit: number;
}

export interface Lab {
  id: string;
  lease: string;
  limits: LabLimitsSpec;
  createdAt: number;
  /** First of its users on the machine. */
  users: number;
  state: LabStatus['state'];
  reason: string;
  container: Container;
  containerId: string;
  initPid: number;
  runtimeRoot: string;
  disk: LabDisk;
  handles: LabHandles | undefined;
}

interface LabEvents {
  event: [AgentEvent];
}

export class Labs extends EventEmitter<LabEvents> {
  readonly #options: LabsOptions;
  readonly #labs = new Map<string, Lab>();
  readonly #creating = new Map<
    string,
    { lease: string; limits: LabLimitsSpec; createdAt: number }
  >();
  readonly #waking = new Map<string, Promise<void>>();
  #admission = Promise.resolve();

  constructor(options: LabsOptions) {
    super();
    this.#options = options;
  }

  list(): LabStatus[] {
    const creating = [...this.#creating].map(([id, lab]) => ({
      id,
      ...lab,
      state: 'creating' as const,
      reason: '',
      viewers: 0,
    }));
    return [...creating, ...[...this.#labs.values()].map(statusOf)];
  }

  /** The lab, in whatever state. Throws `no_such_lab`. */
  get(id: string): Lab {
    const lab = this.#labs.get(id);
    if (!lab) throw new DrydockError('no_such_lab');
    return lab;
  }

  /** The lab, awake. Throws `lab_stopped` if it has ended. */
  async running(id: string): Promise<Lab> {
    const lab = this.get(id);
    if (lab.state === 'paused') await this.resume(id);
    if (lab.state === 'stopped') throw new DrydockError('lab_stopped', { detail: lab.reason });
    return lab;
  }

  async create(
    spec: { id: string; lease: string; limits: LabLimitsSpec },
    signal: AbortSignal,
  ): Promise<LabStatus> {
    if (this.#labs.has(spec.id) || this.#creating.has(spec.id)) {
      throw new DrydockError('bad_request', { detail: `There is a lab ${spec.id} already.` });
    }
    const createdAt = Date.now();
    await this.#admit(spec, createdAt);
    const { engine, paths, image, users: ranges } = this.#options;
    const users = ranges.take();
    try {
      const started = await startLab({
        ...spec,
        createdAt,
        users,
        usersOnDisk: ranges.shared,
        image: image.tag,
        usersProgram: image.usersProgram,
        template: image.disk,
        layers: image.layers,
        engine,
        paths,
        signal,
      });
      const lab = await this.#open({ ...spec, ...started, users, createdAt });
      await learnEntryWay(this.entry(lab));
      return statusOf(lab);
    } catch (error) {
      ranges.giveBack(users);
      throw error;
    } finally {
      this.#creating.delete(spec.id);
    }
  }

  async destroy(id: string): Promise<void> {
    const lab = this.get(id);
    this.#labs.delete(id);
    await lab.handles?.[Symbol.asyncDispose]();
    await removeContainer(lab.container);
    await removeCgroups(this.#options.paths.cgroupParent, lab.containerId);
    await removeLabMounts(this.#options.paths, id);
    await lab.disk[Symbol.asyncDispose]();
    this.#options.users.giveBack(lab.users);
    this.emit('event', { type: 'lab-gone', id });
  }

  async pause(id: string): Promise<LabStatus> {
    const lab = this.get(id);
    if (lab.state === 'ready') {
      await lab.container.pause();
      lab.state = 'paused';
      this.#announce(lab);
    }
    return statusOf(lab);
  }

  async resume(id: string): Promise<LabStatus> {
    const lab = this.get(id);
    if (lab.state !== 'paused') return statusOf(lab);
    // The first key and a check may come at the same moment.
    const waking = this.#waking.get(id) ?? lab.container.unpause().then(() => undefined);
    this.#waking.set(id, waking);
    try {
      await waking;
      lab.state = 'ready';
      this.#announce(lab);
    } finally {
      this.#waking.delete(id);
    }
    return statusOf(lab);
  }

  async run(id: string, script: RunScript, signal: AbortSignal): Promise<ScriptResult> {
    const lab = await this.running(id);
    return runScript(this.entry(lab), runScriptSchema.parse(script), signal);
  }

  entry(lab: Lab): Pick<EnterLab, 'paths' | 'runtimeRoot' | 'containerId'> {
    return {
      paths: this.#options.paths,
      runtimeRoot: lab.runtimeRoot,
      containerId: lab.containerId,
    };
  }

  async stats(id: string): Promise<LabStats> {
    return labStats(this.#options.paths, this.get(id));
  }

  async capacity(): ReturnType<typeof capacity> {
    const labs = this.list().map((lab) => ({ id: lab.id, pids: lab.limits.pids }));
    const { paths, image, overcommit } = this.#options;
    return capacity({ paths, labs, disks: image.disk.kind, overcommit });
  }

  /** Takes up the labs that an earlier agent left, and removes what is left of those that have ended. */
  async adopt(): Promise<void> {
    const { engine, paths } = this.#options;
    const containers = await engine.listContainers({ all: true, filters: labFilter });
    for (const found of containers) {
      const container = engine.getContainer(found.Id);
      const facts = await container.inspect();
      const spec = readLabels(found.Labels);
      if (!facts.State.Running) {
        await container.remove({ force: true });
        continue;
      }
      this.#options.users.keep(spec.users);
      await this.#open({
        ...spec,
        container,
        containerId: found.Id,
        initPid: facts.State.Pid,
        disk: diskOf(paths, spec.id, this.#options.image.disk.kind),
      });
      if (facts.State.Paused) this.get(spec.id).state = 'paused';
    }
    await this.#removeStrays();
  }

  /** Ends a lab that takes what all labs share. */
  async stop(id: string, reason: string): Promise<void> {
    const lab = this.get(id);
    if (lab.state === 'stopped') return;
    if (lab.state === 'paused') await this.resume(id);
    lab.state = 'stopped';
    lab.reason = reason;
    this.#announce(lab);
    await lab.container.kill();
  }

  /** Called when the lab host's engine says that a container of ours has ended. */
  async ended(containerId: string): Promise<void> {
    const lab = [...this.#labs.values()].find((candidate) => candidate.containerId === containerId);
    if (!lab || lab.state === 'stopped') return;
    lab.state = 'stopped';
    lab.reason = await whyStopped(lab.container);
    this.#announce(lab);
  }

  /** One after another, so that two cannot both be promised the last room. */
  async #admit(
    spec: { id: string; lease: string; limits: LabLimitsSpec },
    createdAt: number,
  ): Promise<void> {
    const turn = this.#admission.then(async () => {
      const room = await this.capacity();
      if (room.free < 1) {
        throw new DrydockError('lab_host_full', {
          detail: `The machine has not enough ${room.limitedBy} for another lab.`,
        });
      }
      this.#creating.set(spec.id, { lease: spec.lease, limits: spec.limits, createdAt });
    });
    this.#admission = turn.catch(() => undefined);
    await turn;
  }

  async #open(found: Omit<Lab, 'state' | 'reason' | 'handles' | 'runtimeRoot'>): Promise<Lab> {
    const lab: Lab = {
      id: found.id,
      lease: found.lease,
      limits: found.limits,
      createdAt: found.createdAt,
      users: found.users,
      container: found.container,
      containerId: found.containerId,
      initPid: found.initPid,
      disk: found.disk,
      state: 'ready',
      reason: '',
      runtimeRoot: await runtimeRoot(this.#options.paths, found.containerId),
      handles: openLabHandles({
        initPid: found.initPid,
        uidStart: found.users,
        containerId: found.containerId,
      }),
    };
    this.#labs.set(lab.id, lab);
    return lab;
  }

  #announce(lab: Lab): void {
    this.emit('event', { type: 'lab', lab: statusOf(lab) });
  }

  /** Disks and mounts of labs that are gone. */
  async #removeStrays(): Promise<void> {
    const { paths } = this.#options;
    await mkdir(paths.disks, { recursive: true, mode: 0o711 });
    const stray = (name: string): boolean => !this.#labs.has(name);
    for (const name of (await labsWithMounts(paths)).filter(stray))
      await removeLabMounts(paths, name);
    const disks = (await readdir(paths.disks)).map((name) => name.replace(/\.(img|mnt)$/, ''));
    for (const name of new Set(disks.filter(stray))) await removeDisk(paths, name);
  }
}

export function statusOf(lab: Lab): LabStatus {
  const { id, lease, state, reason, createdAt, limits } = lab;
  return { id, lease, state, reason, createdAt, limits, viewers: 0 };
}
