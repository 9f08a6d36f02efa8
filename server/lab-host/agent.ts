/** What the agent consists of, put together once; the API and the entry point use it. */
import type { FastifyBaseLogger } from 'fastify';
import type { AgentStatus } from '../protocol/agent.ts';
import { answers } from './engine/start-engine.ts';
import type { Engine } from './engine/docker.ts';
import { lowKernelSettings } from './engine/kernel-settings.ts';
import { inContainer } from './engine/where.ts';
import { cgroupVersion } from './labs/cgroup-files.ts';
import { entryWay } from './labs/entry-way.ts';
import { Labs, type LabsOptions } from './labs/labs.ts';
import type { MountedLayers } from './labs/layers.ts';
import { Leases } from './labs/leases.ts';
import { SharedWatch } from './labs/shared-watch.ts';
import { Limits } from './labs/limits.ts';
import { Terminals } from './terminals/terminals.ts';
import type { Verifier } from './verifier/index.ts';

export interface AgentOptions extends LabsOptions {
  version: string;
  log: FastifyBaseLogger;
  verifier: Verifier;
  layersBy: MountedLayers['by'];
}

export class Agent {
  readonly version: string;
  readonly log: FastifyBaseLogger;
  readonly verifier: Verifier;
  readonly labs: Labs;
  readonly terminals: Terminals;
  readonly leases: Leases;
  readonly limits: Limits;
  readonly sharedWatch: SharedWatch;
  readonly #options: AgentOptions;
  readonly #engine: Engine;

  constructor(options: AgentOptions) {
    this.version = options.version;
    this.log = options.log;
    this.verifier = options.verifier;
    this.#options = options;
    this.#engine = options.engine;
    this.labs = new Labs(options);
    this.terminals = new Terminals(this.labs);
    this.leases = new Leases(this.labs, (error) => {
      this.log.error({ err: error }, 'labs of a lease that ran out were not removed');
    });
    this.limits = new Limits(this.labs);
    this.sharedWatch = new SharedWatch(this.labs, {
      paths: options.paths,
      ownUsers: options.users.separate,
      onError: (error) => {
        this.log.error({ err: error }, 'a lab that took what all share was not ended');
      },
    });
  }

  async status(): Promise<AgentStatus> {
    const up = await answers(this.#engine);
    const facts = up ? await this.#engine.version() : undefined;
    return {
      version: this.version,
      pid: process.pid,
      kind: inContainer() ? 'container' : 'embedded',
      engine: { version: facts?.Version ?? '', storage: 'overlay2', cgroup: cgroupVersion(), up },
      ownUsers: this.#options.users.separate,
      chosen: this.#chosen(),
      lowSettings: lowKernelSettings().map(
        ({ name, has, wanted }) => `${name}: ${has}, ${String(wanted)}`,
      ),
      capacity: await this.labs.capacity(),
      labs: this.labs.list().length,
    };
  }

  #chosen(): AgentStatus['chosen'] {
    const { image, layersBy, paths } = this.#options;
    return {
      disks: image.disk.kind,
      layers: layersBy,
      entry: entryWay(paths),
      namespaceLimits: image.usersProgram !== undefined,
    };
  }
}
