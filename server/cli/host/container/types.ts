/** What is known of the user's engine before anything is made in it. */
export type EngineProbe = AnsweringEngine | { answers: false; reason: string };

export interface AnsweringEngine {
  answers: true;
  /** `27.5.1` */
  version: string;
  /** Where the docker command line found it: `unix:///var/run/docker.sock`, or a context's name. */
  where: string;
  /** As the engine says it: `Docker Desktop`, `Debian GNU/Linux 13 (trixie)`. */
  system: string;
  kernel: string;
  os: string;
  /** As Node names it: `x64`, `arm64`; what it does not know stays as the engine said it. */
  arch: string;
  cgroup: 'v1' | 'v2' | 'unknown';
  /** `docker`, or what answers in its stead. */
  product: 'docker' | 'podman';
  desktop: boolean;
  rootless: boolean;
  /** User-namespace remapping is on for containers. */
  remapped: boolean;
  /** How many ids a remapped container has; undefined where that cannot be seen without starting one. */
  remappedIds: number | undefined;
  apparmor: boolean;
  selinux: boolean;
  /** OCI runtimes it knows by name. */
  runtimes: string[];
  /** Bytes of memory and number of CPUs it has for containers. */
  memory: number;
  cpus: number;
}
