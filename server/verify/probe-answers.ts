/**
 * What drydock-probe itself prints. Its shape is the helper's and sound; the texts in it are the learner's, and a
 * missing value is one the kernel did not have.
 */
import { z } from 'zod';

const type = z.enum(['file', 'directory', 'link', 'socket', 'fifo', 'device']);

export const fileSchema = z.object({
  type,
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  size: z.number(),
  mtime: z.number(),
  inode: z.number(),
});

export const listSchema = z.object({
  entries: z.array(z.object({ name: z.string(), type })).max(1000),
});

const id = z.number().int().nonnegative();

export const processesSchema = z.object({
  processes: z
    .array(
      z.object({
        pid: id,
        /** As the lab host numbers them: parents are told so, and turned round here. */
        host: z.object({ pid: id, ppid: id }),
        uid: id,
        state: z.string(),
        name: z.string(),
        args: z.array(z.string()),
        cgroup: z.string(),
        capEff: z.string(),
        capBnd: z.string(),
        noNewPrivs: z.number().transform((value) => value === 1),
        seccomp: z.number(),
        namespaces: z.object({ pid: id, net: id, mnt: id, user: id, ipc: id, uts: id }),
      }),
    )
    .max(1000),
});

const maybe = z
  .number()
  .optional()
  .transform((value) => value);

export const cgroupSchema = z.object({
  memoryMax: maybe,
  memoryCurrent: maybe,
  pidsMax: maybe,
  cpus: maybe,
  cpuShares: maybe,
  oomKills: maybe,
});

export const tcpSchema = z.object({ open: z.boolean(), error: z.string() });

export const portsSchema = z.object({
  ports: z
    .array(z.object({ protocol: z.enum(['tcp', 'udp']), address: z.string(), port: z.number() }))
    .max(1000),
});
