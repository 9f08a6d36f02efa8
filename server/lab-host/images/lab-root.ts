import type Dockerode from 'dockerode';
import { z } from 'zod';

/** The ids that a lab's root has on the machine. */
export interface LabRoot {
  uid: number;
  gid: number;
}

const engineInfo = z.object({ DockerRootDir: z.string() });

/** An engine with a user map keeps its data in a folder named after the ids of the mapped root. */
export async function labRoot(engine: Dockerode): Promise<LabRoot> {
  const info = engineInfo.parse(await engine.info());
  return labRootOf(info.DockerRootDir);
}

export function labRootOf(dataRoot: string): LabRoot {
  const [, uid, gid] = /\/(\d+)\.(\d+)\/?$/.exec(dataRoot) ?? [];
  return { uid: Number(uid ?? 0), gid: Number(gid ?? 0) };
}
