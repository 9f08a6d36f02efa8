import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';

export interface LabImages {
  /** Of all recipes together: the same hash, the same images. */
  hash: string;
  /** Tag of the lab's image in the lab host's engine. */
  lab: string;
  /** Path of a sparse 2 GiB ext4 file with `docker/` (the lab's /var/lib/docker) and `disk/`. */
  diskTemplate: string;
  /** Path of a tar with the same files, for where no file can be mounted. */
  diskFiles: string;
  /** Path of a squashfs: the layers of the inner images, for /opt/layers of every lab. */
  layers: string;
  /** Folder: root file system of the verifier. */
  verifierRoot: string;
}

export interface StartedLab {
  run(
    script: string,
    stdin?: Readable,
  ): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Where the lab's disk is mounted on the host. */
  diskMount: string;
  /** The container is gone afterwards; the disk stays mounted. */
  stop(): Promise<void>;
  /** Unmounts the disk too. */
  close(): Promise<void>;
}

export interface ImageBuildContext {
  engine: Dockerode;
  /** Images live in `images/` of it, logs of builds in `logs/`. */
  stateDir: string;
  signal: AbortSignal;
  progress: (event: { step: string; text: string; done?: boolean; seconds?: number }) => void;
  /** Whether files with a file system can be mounted here; the loading disk is a folder otherwise. */
  mountsFiles: boolean;
  startLab: (options: { image: string; disk: string }) => Promise<StartedLab>;
}
